// Reading needs none of this; it adds comfort.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  // light or dark: the reader's choice, else the system's
  const button = document.querySelector("button.theme");
  if (button) {
    const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
    const show = () => button.setAttribute("aria-pressed", isDark());
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window */ }
      show();
    });
    dark.addEventListener("change", show);
    button.hidden = false;
    show();
  }

  // "/" or Ctrl+K leads to the search field
  const find = document.querySelector(".find input");
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (find && (slash || k)) {
      event.preventDefault();
      find.focus();
      find.select();
    }
  });

  // every code cell can be copied
  if (navigator.clipboard) {
    for (const block of document.querySelectorAll(".cell_input .highlight, div[class*=highlight-] .highlight")) {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "copy";
      copy.textContent = "Copy";
      copy.addEventListener("click", async () => {
        const lines = [...block.querySelectorAll("pre")].map((pre) => pre.innerText);
        await navigator.clipboard.writeText(lines.join("\n").trimEnd() + "\n");
        copy.textContent = "Copied";
        setTimeout(() => (copy.textContent = "Copy"), 1500);
      });
      block.append(copy);
    }
  }

  // what scrolls sideways inside itself can be reached by keyboard
  const scrolls = document.querySelectorAll("pre, .scroll, .ka-table, .math-scroll, .cell_output");
  const reach = () => {
    for (const el of scrolls) {
      if (el.hasAttribute("tabindex") && !el.dataset.reach) continue;
      const over = el.scrollWidth > el.clientWidth + 1;
      if (over) el.setAttribute("tabindex", "0");
      else el.removeAttribute("tabindex");
      el.dataset.reach = "1";
    }
  };
  reach();
  addEventListener("resize", reach);
  addEventListener("toggle", reach, true);

  // mark the section that is being read
  const links = new Map([...document.querySelectorAll(".on-page a")].map((a) => [a.hash.slice(1), a]));
  if (links.size) {
    const watch = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        for (const a of links.values()) a.removeAttribute("aria-current");
        links.get(target.id)?.setAttribute("aria-current", "true");
      }
    }, { rootMargin: "-10% 0px -75% 0px" });
    for (const id of links.keys()) {
      const section = document.getElementById(id);
      if (section) watch.observe(section);
    }
  }

  // on a narrow screen code is folded; without this script it is open
  const narrow = matchMedia("(max-width: 40rem)");
  const foldCode = () => {
    for (const fold of document.querySelectorAll("details.code")) fold.open = !narrow.matches;
  };
  foldCode();
  narrow.addEventListener("change", foldCode);

  // what is folded away is printed too; a solution only if the reader has opened it
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details:not([open], .solution, .solution *)")) {
      fold.open = true;
      fold.dataset.printed = "1";
    }
  });
  addEventListener("afterprint", () => {
    for (const fold of document.querySelectorAll("details[data-printed]")) {
      fold.open = false;
      delete fold.dataset.printed;
    }
  });
})();
