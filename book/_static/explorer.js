// Explorers of a page: native controls choose among states that were computed at build time.
(() => {
  const loaded = new Map(); // name of the states → what to do when they are here

  window.explorerStates = (name, states) => {
    loaded.get(name)?.(states);
  };

  for (const box of document.querySelectorAll(".ka-explorer[data-states]")) {
    const controls = [...box.querySelectorAll(".ka-controls input, .ka-controls select")];
    const size = (c) => (c.tagName === "SELECT" ? c.options.length : Number(c.max) + 1);
    const place = (c) => (c.tagName === "SELECT" ? c.selectedIndex : Number(c.value));
    const finding = box.querySelector(".ka-finding");
    const figure = box.querySelector(".ka-figure");
    const numbers = box.querySelector(".ka-numbers");
    let states = null;
    let asked = false;

    // every control has its place; the last one moves fastest
    const index = () => controls.reduce((sum, c) => sum * size(c) + place(c), 0);

    const show = () => {
      for (const c of controls) {
        if (!c.dataset.texts) continue;
        const text = JSON.parse(c.dataset.texts)[place(c)];
        c.setAttribute("aria-valuetext", text);
        c.parentElement.querySelector("output").textContent = text;
      }
      if (!states) return load();
      const [text, picture, table] = states[index()];
      finding.textContent = text;
      figure.innerHTML = picture;
      numbers.innerHTML = table;
    };

    // As high as the highest table: a longer word that needs a second line then moves nothing.
    const reserve = () => {
      const now = numbers.innerHTML;
      numbers.style.minHeight = "";
      let most = 0;
      for (const table of new Set(states.map((state) => state[2]))) {
        numbers.innerHTML = table;
        most = Math.max(most, numbers.offsetHeight);
      }
      numbers.innerHTML = now;
      numbers.style.minHeight = `${most}px`;
    };

    const load = () => {
      if (asked) return;
      asked = true;
      box.setAttribute("aria-busy", "true");
      loaded.set(box.dataset.name, (found) => {
        states = found;
        box.removeAttribute("aria-busy");
        reserve();
        addEventListener("resize", reserve);
        if (moved) show();
      });
      const script = document.createElement("script");
      script.src = box.dataset.states;
      script.onerror = () => {
        box.removeAttribute("aria-busy");
        numbers.textContent = "The other states could not be loaded. Load the page again to move this.";
      };
      document.head.append(script);
    };

    let moved = false;
    for (const c of controls) {
      c.addEventListener("input", () => {
        moved = true;
        show();
      });
    }

    // a browser that restores a form after "back" must not show a picture that does not fit
    if (controls.some((c) => (c.tagName === "SELECT" ? !c.options[c.selectedIndex].defaultSelected : c.value !== c.defaultValue))) {
      moved = true;
      show();
    }

    new IntersectionObserver((entries, watcher) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        watcher.disconnect();
        load();
      }
    }, { rootMargin: "300px" }).observe(box);
  }
})();
