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
    let moved = null; // the control that was moved last
    let asked = false;
    let restored = false;

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
      off();
      const [text, picture, table] = states[index()];
      finding.textContent = text;
      figure.innerHTML = picture;
      numbers.innerHTML = table;
    };

    // controls that change nothing where the others stand, neither alone nor together, are off;
    // the one that is being moved stays in the reader's hand
    const off = () => {
      const now = controls.map(place);
      const steps = controls.map((_, i) => controls.slice(i + 1).reduce((n, c) => n * size(c), 1));
      const at = (k, i) => Math.floor(k / steps[i]) % size(controls[i]);
      const alike = (moved) => {
        const stays = (k) => now.every((p, i) => moved.includes(i) || at(k, i) === p);
        return new Set(states.filter((_, k) => stays(k)).map((s) => s.join("\n"))).size === 1;
      };
      const still = now.map((_, i) => i).filter((i) => alike([i]));
      const quiet = alike(still);
      controls.forEach((c, i) => { c.disabled = quiet && still.includes(i) && c !== moved; });
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
        off();
        addEventListener("resize", reserve);
        if (moved || restored) show();
      });
      const script = document.createElement("script");
      script.src = box.dataset.states;
      script.onerror = () => {
        box.removeAttribute("aria-busy");
        numbers.textContent = "The other states could not be loaded. Load the page again to move this.";
      };
      document.head.append(script);
    };

    for (const c of controls) {
      c.addEventListener("input", () => {
        moved = c;
        show();
      });
    }

    // a browser that restores a form after "back" must not show a picture that does not fit
    if (controls.some((c) => (c.tagName === "SELECT" ? !c.options[c.selectedIndex].defaultSelected : c.value !== c.defaultValue))) {
      restored = true;
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
