// Where you are on a page, and which pages are done. The marks stay in this browser: no cookie,
// no account, no request.
(() => {
  const KEY = "keyaccounts-done";
  const box = document.querySelector(".done input"); // at the end of a worked page
  const note = document.querySelector(".marks"); // at the end of the first page
  const take = (css) => [...document.querySelectorAll(css)];
  // links of the page and of its drawings alike; the contents name the page itself "#"
  const path = (a) => new URL(a.getAttribute("href"), document.baseURI).pathname;

  let store = null;
  try { store = localStorage; } catch { /* not allowed to keep anything */ }
  const load = () => {
    try { return new Set(JSON.parse(store.getItem(KEY) ?? "[]")); } catch { return new Set(); }
  };
  const save = (done) => {
    try {
      if (done.size) store.setItem(KEY, JSON.stringify([...done]));
      else store.removeItem(KEY);
    } catch { /* full, or not allowed */ }
  };

  const pages = take(".contents a[data-page]");
  const chapters = take(".contents a:not([data-page])").flatMap((a) => {
    const below = [...a.parentElement.querySelectorAll("ul a[data-page]")];
    return below.length ? [{ a, at: path(a), pages: below }] : [];
  });

  const sign = (link, done) => {
    link.querySelector(".done-sign")?.remove();
    if (done) link.insertAdjacentHTML("beforeend",
      '<span class="done-sign"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="m3 8.5 3.4 3.5L13 4.5"/></svg><span class="for-ears"> (done)</span></span>');
  };

  // on the map: a small plate at the station, and the count for the ear
  const pin = (station, count, all) => {
    station.querySelector(".pin")?.remove();
    station.removeAttribute("aria-label");
    if (!count) return;
    const words = [...station.querySelectorAll("text")].map((t) => t.textContent.replace(/\s+/g, " ").trim());
    station.setAttribute("aria-label", `${words.join(", ")}. ${count} of ${all} pages done`);
    const medal = station.querySelector(".medal");
    const [x, y, r] = ["cx", "cy", "r"].map((name) => Number(medal.getAttribute(name)));
    const at = `translate(${x + r * 0.85} ${y + r * 0.8})`;
    const full = count === all;
    const inside = full ? '<path d="m-5.5 0.5 3.8 3.9 7.2-8"/>' : `<text y="5">${count}/${all}</text>`;
    const wide = full ? 28 : 8 + 8 * `${count}/${all}`.length;
    medal.parentElement.insertAdjacentHTML("beforeend",
      `<g class="pin${full ? " full" : ""}" transform="${at}"><rect x="${-wide / 2}" y="-14" width="${wide}" height="28" rx="14"/>${inside}</g>`);
  };

  const show = () => {
    const done = load();
    const isDone = (a) => done.has(a.dataset.page);
    const paths = new Set(pages.filter(isDone).map(path));
    for (const a of pages) sign(a, isDone(a));
    for (const a of take(".chapter-pages a")) sign(a, paths.has(path(a)));
    for (const { a, at, pages: below } of chapters) {
      const count = below.filter(isDone).length;
      sign(a, count === below.length);
      for (const station of take(".station a")) if (path(station) === at) pin(station, count, below.length);
      const sum = at === location.pathname && document.querySelector(".takes-all");
      if (sum) {
        sum.querySelector(".done-count")?.remove();
        if (count) sum.insertAdjacentHTML("beforeend", `<span class="done-count"> ${count} of ${below.length} pages done.</span>`);
      }
    }
    if (box) box.checked = done.has(box.value);
    if (note && done.size) {
      const say = note.firstElementChild;
      const open = pages.find((a) => !isDone(a));
      say.textContent = `You have marked ${paths.size} of ${pages.length} pages as done; the marks are kept in this browser only.`;
      if (open) {
        const go = document.createElement("a");
        go.href = open.href;
        go.textContent = open.textContent;
        say.append(" Go on: ", go); // most titles end in a question mark
      }
      note.hidden = note.lastElementChild.hidden = false;
    } else if (note && !note.matches(":focus")) note.hidden = true;
  };

  if (store) {
    if (box) {
      box.closest(".done").hidden = false;
      box.addEventListener("change", () => {
        const done = load();
        if (box.checked) done.add(box.value);
        else done.delete(box.value);
        save(done);
        show();
      });
    }
    note?.lastElementChild.addEventListener("click", () => {
      save(new Set());
      note.firstElementChild.textContent = "Your marks are forgotten.";
      note.focus();
      note.lastElementChild.hidden = true;
      show();
    });
    addEventListener("storage", (event) => (event.key === KEY || event.key === null) && show());
    addEventListener("pageshow", (event) => event.persisted && show());
    show();
  }

  // a thin line below the masthead grows while a worked page is read
  if (box) {
    const article = document.querySelector("main article");
    const line = document.createElement("div");
    line.className = "progress";
    line.ariaHidden = "true";
    document.querySelector(".masthead").append(line);
    let asked = false;
    const grow = () => {
      asked = false;
      const way = article.getBoundingClientRect().bottom + scrollY - innerHeight;
      line.style.transform = `scaleX(${way > 0 ? Math.min(1, scrollY / way) : 1})`;
    };
    const ask = () => {
      if (!asked) requestAnimationFrame(grow);
      asked = true;
    };
    addEventListener("scroll", ask, { passive: true });
    addEventListener("resize", ask);
    ask();
  }
})();
