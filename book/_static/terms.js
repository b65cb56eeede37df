// Terms explain themselves: hover, focus or the first tap opens a bubble, Escape closes it.
// The second tap, a click and Enter follow the link, which leads to the glossary.
(() => {
  const data = document.getElementById("terms");
  if (!data || !HTMLElement.prototype.showPopover) return;
  const terms = JSON.parse(data.textContent);

  // a popover lies above everything, so no scrolling box clips it and nothing moves
  const bubble = document.createElement("span");
  bubble.className = "term-bubble";
  bubble.popover = "manual";
  bubble.tabIndex = -1; // who presses on its words is inside, not on the page below
  bubble.innerHTML =
    '<span id="term-bubble" role="tooltip"><b></b> <span lang="zh-Hans"></span> <i lang="zh-Latn-pinyin"></i> <span class="meaning"></span></span>' +
    "<a>Open in the glossary</a>";
  const [english, chinese, pinyin, meaning] = bubble.firstChild.children;

  let link = null; // whose bubble is open
  let opening = 0;
  let closing = 0;
  let quiet = false; // focus that comes back from the bubble opens nothing

  const key = (a) => decodeURIComponent(a.hash.slice(1));
  const termOf = (target) => {
    const a = target.closest?.("a.term");
    return a && terms[key(a)] ? a : null;
  };
  const still = () => {
    clearTimeout(opening);
    clearTimeout(closing);
    opening = closing = 0;
  };

  // below the line that was pointed at, above it where there is no room below
  const place = (y) => {
    const lines = [...link.getClientRects()];
    const line = lines.find((l) => y >= l.top && y <= l.bottom) ?? lines[0];
    const room = document.documentElement;
    const top = document.querySelector(".masthead")?.offsetHeight ?? 0;
    const left = Math.max(8, Math.min(line.left, room.clientWidth - bubble.offsetWidth - 8));
    const above = line.top - bubble.offsetHeight - 6;
    const fits = line.bottom + 6 + bubble.offsetHeight <= room.clientHeight || above < top;
    bubble.style.left = `${left + scrollX}px`;
    bubble.style.top = `${(fits ? line.bottom + 6 : above) + scrollY}px`;
  };

  const close = () => {
    still();
    if (!link) return;
    link.removeAttribute("aria-describedby");
    link = null;
    bubble.remove();
  };

  const open = (a, y) => {
    still();
    if (a === link) return;
    close();
    link = a;
    [english.textContent, chinese.textContent, pinyin.textContent, meaning.textContent] = terms[key(a)];
    bubble.lastChild.href = a.href;
    // next in reading order; beside what would take it for its own name
    (a.closest("label, h1, h2, h3, h4") ?? a).after(bubble);
    a.setAttribute("aria-describedby", "term-bubble");
    bubble.showPopover();
    place(y);
  };

  const held = () => document.activeElement === link || bubble.contains(document.activeElement);
  const leave = () => {
    clearTimeout(opening);
    if (link && !closing && !held()) closing = setTimeout(close, 250);
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const a = termOf(event.target);
    if (a && a !== link) {
      still();
      opening = setTimeout(open, 120, a, event.clientY);
    } else if (a || bubble.contains(event.target)) still();
    else leave();
  });
  document.documentElement.addEventListener("pointerleave", leave);

  document.addEventListener("focusin", (event) => {
    const a = termOf(event.target);
    if (a) quiet || open(a);
    else if (!bubble.contains(event.target)) close();
  });

  let tapped = false;
  let before = null; // whose bubble was open when the finger came down
  document.addEventListener("pointerdown", (event) => {
    tapped = event.pointerType === "touch";
    before = link;
    if (!termOf(event.target) && !bubble.contains(event.target)) close();
  }, true);
  document.addEventListener("click", (event) => {
    const a = termOf(event.target);
    if (!a || !tapped || a === before) return;
    event.preventDefault();
    a.focus({ preventScroll: true });
    open(a, event.clientY);
  });

  document.addEventListener("keydown", (event) => {
    tapped = false;
    if (event.key !== "Escape" || !link) return;
    const from = bubble.contains(document.activeElement) && link;
    close();
    quiet = true;
    if (from) from.focus();
    quiet = false;
  });

  addEventListener("resize", () => link && place());
  addEventListener("scroll", (event) => link && event.target !== document && place(), true);
  addEventListener("pagehide", close); // a page that comes back from the browser's cache starts clean
})();
