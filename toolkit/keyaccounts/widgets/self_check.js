// Self-checks: answer every choice at once, count what is right, send nothing and keep nothing.
(() => {
  const MARK = { right: "✓", wrong: "✗", unsure: "→" };
  const SCORED = { right: "Right.", wrong: "Not this.", unsure: "The answer:" };
  const OPEN = { right: "We say so, too.", wrong: "We see it differently.", unsure: "Our reading:" };

  const note = (verdict, words, html) => {
    const line = document.createElement("div");
    line.className = `ka-note ka-${verdict}`;
    line.innerHTML = `<span class="ka-mark" aria-hidden="true">${MARK[verdict]}</span> <strong>${words[verdict]}</strong> ${html}`;
    return line;
  };
  const plain = (text) => {
    const line = document.createElement("div");
    line.className = "ka-note";
    line.textContent = text;
    return line;
  };

  // "1,234.5", "0,5", "67 %" and "−3" are numbers, too
  const number = (text, unit) => {
    let bare = text.replace(unit, "").replace(/[\s%]/g, "").replace("−", "-");
    if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)) bare = bare.replaceAll(",", "");
    bare = bare.replace(",", ".");
    return /^-?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : NaN;
  };

  // Each kind gets its question, its fieldset, the words of the verdicts and a way to say how the
  // answer stands (right, wrong, unsure, or null for none). It returns what a reset has to do.

  const choose = (q, box, words, stands) => {
    const said = box.querySelector(".ka-said");
    const mark = (input, verdict) => {
      const label = input.closest("label");
      if (verdict) label.dataset.verdict = verdict;
      else delete label.dataset.verdict;
    };
    const clear = () => {
      box.querySelectorAll("input").forEach((input) => mark(input, null));
      said.replaceChildren();
    };
    box.addEventListener("change", ({ target }) => {
      clear();
      const option = q.options[target.value];
      const verdict = option ? (option.right ? "right" : "wrong") : "unsure";
      mark(target, verdict);
      said.replaceChildren(note(verdict, words, option ? option.says : q.answer));
      stands(verdict);
    });
    return clear;
  };

  const tick = (q, box, words, stands) => {
    const said = box.querySelector(".ka-said");
    const inputs = [...box.querySelectorAll("input")];
    const rights = q.options.filter((option) => option.right).length;
    let lines = new Map(); // place of the option → its line
    let rest = null;
    const clear = () => {
      inputs.forEach((input) => delete input.closest("label").dataset.verdict);
      said.replaceChildren();
      lines = new Map();
      rest = null;
    };
    box.addEventListener("change", ({ target }) => {
      if (said.querySelector(".ka-unsure")) clear(); // tries again after asking
      const ticked = inputs.filter((input) => input.checked);
      // only what is new is added, so that only that is read out
      for (const input of inputs) {
        const i = inputs.indexOf(input);
        const verdict = q.options[i].right ? "right" : "wrong";
        if (input.checked && !lines.has(i)) {
          input.closest("label").dataset.verdict = verdict;
          lines.set(i, note(verdict, words, q.options[i].says));
          said.append(lines.get(i));
        } else if (!input.checked && lines.has(i)) {
          delete input.closest("label").dataset.verdict;
          lines.get(i).remove();
          lines.delete(i);
        }
      }
      rest?.remove();
      const found = ticked.filter((input) => q.options[inputs.indexOf(input)].right).length;
      const complete = found === rights && ticked.length === rights;
      if (ticked.length) {
        const left = rights - found;
        const extra = ticked.length - found;
        const todo = [left && `${left} more to find`, extra && `${extra} to take back`].filter(Boolean);
        rest = plain(complete ? "That is all of them." : `${todo.join(", ")}.`);
        said.append(rest);
      }
      stands(ticked.length ? (complete ? "right" : "wrong") : null);
    });
    box.querySelector("button").addEventListener("click", () => {
      clear();
      said.replaceChildren(note("unsure", words, q.answer));
      stands("unsure");
    });
    return clear;
  };

  const compute = (q, box, words, stands) => {
    const said = box.querySelector(".ka-said");
    const input = box.querySelector("input");
    const [check, unsure] = box.querySelectorAll("button");
    const answer = () => {
      const given = number(input.value, q.unit);
      const near = (known) => Math.abs(given - known.value) <= known.tolerance + 1e-9;
      input.removeAttribute("aria-invalid");
      if (Number.isNaN(given)) {
        input.setAttribute("aria-invalid", "true");
        said.replaceChildren(plain("Write a number, such as 12.5."));
        return stands(null);
      }
      const verdict = near(q) ? "right" : "wrong";
      const known = q.mistakes.find(near);
      said.replaceChildren(note(verdict, words, verdict === "right" ? q.says : known ? known.says : q.wrong));
      stands(verdict);
    };
    check.addEventListener("click", answer);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      answer();
    });
    unsure.addEventListener("click", () => {
      input.removeAttribute("aria-invalid");
      said.replaceChildren(note("unsure", words, q.answer));
      stands("unsure");
    });
    return () => {
      input.removeAttribute("aria-invalid");
      said.replaceChildren();
    };
  };

  const order = (q, box, words, stands) => {
    const said = box.querySelector(".ka-said");
    const list = box.querySelector("ol");
    const first = [...list.children];
    const [check, unsure] = box.querySelectorAll(".ka-buttons button");
    const text = (row) => row.querySelector(".ka-text").textContent;
    const number = () => {
      [...list.children].forEach((row, place) => {
        const [up, down] = row.querySelectorAll("button");
        row.querySelector("select").selectedIndex = place;
        up.disabled = place === 0;
        down.disabled = place === list.children.length - 1;
        delete row.dataset.verdict;
      });
    };
    const move = (row, place, focus) => {
      const others = [...list.children].filter((other) => other !== row);
      list.insertBefore(row, others[place] || null);
      number();
      // a moved element loses the focus; a button that can go no further hands it to the other
      (focus.disabled ? [...row.querySelectorAll("button")].find((b) => !b.disabled) : focus).focus();
      said.replaceChildren(plain(`${text(row)} Now ${place + 1} of ${first.length}.`));
      stands(null);
    };
    list.addEventListener("click", ({ target }) => {
      const row = target.closest("li");
      if (!target.dataset.move) return;
      move(row, [...list.children].indexOf(row) + Number(target.dataset.move), target);
    });
    list.addEventListener("change", ({ target }) => move(target.closest("li"), target.selectedIndex, target));
    check.addEventListener("click", () => {
      number();
      const wrong = [...list.children].filter((row, place) => Number(row.dataset.item) !== place);
      for (const row of list.children) row.dataset.verdict = wrong.includes(row) ? "wrong" : "right";
      const lines = wrong.map((row) => `<li><b>${q.items[row.dataset.item].text}</b> ${q.items[row.dataset.item].says}</li>`);
      const most = `${first.length - wrong.length} of ${first.length} in the right place. Look again at these:`;
      said.replaceChildren(
        wrong.length
          ? note("wrong", { ...words, wrong: "Not yet." }, `${most}<ul>${lines.join("")}</ul>`)
          : note("right", words, q.says),
      );
      stands(wrong.length ? "wrong" : "right");
    });
    unsure.addEventListener("click", () => {
      number();
      said.replaceChildren(note("unsure", words, q.answer));
      stands("unsure");
    });
    number();
    return () => {
      list.replaceChildren(...first);
      number();
      said.replaceChildren();
    };
  };

  const classify = (q, box, words, stands) => {
    const rows = [...box.querySelectorAll("li")];
    const verdicts = rows.map(() => null);
    const clear = (row) => {
      delete row.dataset.verdict;
      row.querySelector(".ka-said").replaceChildren();
    };
    rows.forEach((row, i) => {
      const item = q.items[i];
      row.querySelector("select").addEventListener("change", ({ target }) => {
        const { value } = target;
        clear(row);
        verdicts[i] = value === "" ? null : value === "unsure" ? value : Number(value) === item.category ? "right" : "wrong";
        if (verdicts[i]) {
          const says = value === "unsure" ? item.answer : item.wrong[value] || item.says;
          row.dataset.verdict = verdicts[i];
          row.querySelector(".ka-said").replaceChildren(note(verdicts[i], words, says));
        }
        // the question stands as its weakest item does, once all are placed
        stands(verdicts.includes(null) ? null : ["unsure", "wrong", "right"].find((v) => verdicts.includes(v)));
      });
    });
    return () => {
      rows.forEach(clear);
      verdicts.fill(null);
    };
  };

  const KINDS = { single: choose, "true-false": choose, several: tick, numeric: compute, order, classify };

  const start = (form) => {
    const questions = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
    const boxes = form.querySelectorAll("fieldset");
    const progress = form.querySelector(".ka-progress");
    const score = form.querySelector(".ka-score");
    const results = questions.map(() => null);

    const count = () => {
      const scored = results.filter((_, i) => !questions[i].discuss);
      const are = (list, verdict) => list.filter((result) => result === verdict).length;
      const open = are(results, null);
      const parts = [`${are(scored, "right")} of ${scored.length} right`];
      if (are(scored, "unsure")) parts.push(`${are(scored, "unsure")} not sure`);
      if (scored.length < results.length) parts.push(`${results.length - scored.length} for discussion, not scored`);
      const text = open ? "" : `All answered: ${parts.join("; ")}.`;
      progress.textContent = open ? `${results.length - open} of ${results.length} answered` : "";
      if (score.textContent !== text) score.textContent = text; // said once
    };

    form.querySelectorAll("[hidden]").forEach((part) => (part.hidden = false));
    form.querySelector(".ka-without").hidden = true;
    const resets = questions.map((q, i) =>
      KINDS[q.kind](q, boxes[i], q.discuss ? OPEN : SCORED, (verdict) => {
        results[i] = verdict;
        count();
      }),
    );
    form.addEventListener("reset", () => {
      results.fill(null);
      // after the browser has emptied the fields
      setTimeout(() => {
        for (const reset of resets) reset();
        count();
        score.textContent = "Cleared. Nothing was kept.";
      });
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    // JupyterLab looks at the element with the focus: what is typed there is not its shortcut
    form.querySelectorAll("input, select, button, summary").forEach((control) => {
      control.dataset.lmSuppressShortcuts = "true";
    });
    count();
    form.dataset.ready = "";
  };

  for (const form of document.querySelectorAll("form.ka-check:not([data-ready])")) start(form);
})();
