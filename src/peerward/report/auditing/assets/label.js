"use strict";

(() => {
  const $ = id => document.getElementById(id);
  let overview = null;
  let item = null;
  let marked = new Set();
  let busy = false;

  const plain = word => word.replaceAll("_", " ");
  const rubric = () => overview.rubrics[item.rubric];

  async function ask(path, sent) {
    const asked = sent === undefined ? {} : {
      method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(sent),
    };
    let answer;
    try {
      answer = await fetch(path, {...asked, cache: "no-store"});
    } catch (gone) {
      throw new Error("Nothing was saved: the server has ended. Start 'peerward audit label' again and open the address that it prints; it goes on where you stopped.");
    }
    if (!answer.ok) throw new Error(`Nothing was saved: ${(await answer.text()).trim()}`);
    return answer.json();
  }

  /* One thing at a time: a key pressed while an answer is on its way is no answer to the next item. */
  async function alone(work) {
    if (busy) return;
    busy = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      await work();
      $("problem").hidden = true;
    } catch (problem) {
      $("problem").textContent = problem.message;
      $("problem").hidden = false;
    }
    document.body.removeAttribute("aria-busy");
    busy = false;
  }

  function element(kind, name, text) {
    const made = document.createElement(kind);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function showProgress() {
    $("bar").max = overview.total;
    $("bar").value = overview.done;
    $("count").textContent = `${overview.done} of ${overview.total} labelled`;
  }

  function showWords() {
    for (const button of $("words").children) {
      button.setAttribute("aria-pressed", String(marked.has(button.dataset.word)));
    }
  }

  const isFinished = () => document.body.dataset.finished === "yes";

  function showItem() {
    const rules = rubric();
    delete document.body.dataset.finished;
    $("answer").hidden = false;
    marked = new Set(item.values);
    document.title = `${item.place + 1} of ${overview.total}, ${item.rubric}`;
    $("heading").textContent = `Item ${item.place + 1}: ${plain(item.rubric)}`;
    $("about").textContent = item.outward
      ? "Only what somebody at the company gets to read. Names and figures are masked."
      : `The whole of it; the agent's reasoning: ${item.reasoning}. Names and figures are masked.`;
    $("lines").replaceChildren(...item.lines.map(line => {
      const row = element("li", `of-${line.class}`);
      row.append(element("span", "kind", `${line.number} ${line.kind}`), element("span", "said-text", line.text));
      return row;
    }));
    $("nothing").hidden = item.lines.length > 0;
    $("question").textContent = rules.question;
    $("words").replaceChildren(...rules.words.map((each, place) => {
      const button = element("button");
      button.type = "button";
      button.dataset.word = each.word;
      button.title = each.meaning;
      button.append(element("kbd", "", String(place + 1)), element("span", "", plain(each.word)));
      button.addEventListener("click", () => alone(() => choose(place)));
      return button;
    }));
    $("keys").textContent = (rules.several ? "Numbers mark, Enter saves. " : "A number answers and goes on. ")
      + "← → go back and forth, g to the next open item, u takes the last answer back, n notes, ? helps.";
    $("rubric").replaceChildren(...rules.text.split(/\n\n+/).map(part => element("p", "", part)));
    $("noting").hidden = true;
    showNote();
    showWords();
    showProgress();
    $("told").textContent = document.title + (item.values.length ? `, answered ${item.values.map(plain).join(", ")}` : "");
    document.body.dataset.place = item.place;
    window.scrollTo(0, 0);
    $("heading").focus({preventScroll: true});
  }

  function showNote() {
    $("noted").hidden = !item.note;
    $("noted").textContent = `Note: ${item.note}`;
  }

  async function go(place) {
    item = await ask(`items/${place}`);
    showItem();
  }

  function finished() {
    $("told").textContent = "All items are labelled.";
    $("heading").textContent = `All ${overview.total} items are labelled`;
    $("about").textContent = "End the server with Ctrl-C, then: peerward audit score FILE. With ← you see the last item again.";
    // The page then holds no item: a key too many must not answer the last one again.
    document.body.dataset.finished = "yes";
    $("lines").replaceChildren();
    $("nothing").hidden = true;
    $("answer").hidden = true;
    document.title = "All items are labelled";
    showProgress();
    window.scrollTo(0, 0);
  }

  async function save(values, note) {
    const found = await ask("label", {place: item.place, values, note});
    overview.done = found.done;
    overview.next = found.next;
    item.values = values;
    item.note = note;
  }

  async function onwards() {
    return overview.next === null ? finished() : go(overview.next);
  }

  async function choose(place) {
    const word = rubric().words[place]?.word;
    if (!word || isFinished()) return;
    if (rubric().several) {
      if (!marked.delete(word)) {
        if (word === "none") marked.clear();
        else marked.delete("none");
        marked.add(word);
      }
      showWords();
      return;
    }
    await save([word], item.note);
    await onwards();
  }

  async function saveMarked() {
    if (!rubric().several || !marked.size || isFinished()) return;
    await save(rubric().words.map(each => each.word).filter(word => marked.has(word)), item.note);
    await onwards();
  }

  async function undo() {
    const found = await ask("undo", {});
    overview.done = found.done;
    overview.next = found.next;
    if (found.place === null) {
      $("told").textContent = "There is no answer to take back.";
      return;
    }
    await go(found.place);
  }

  function openNote() {
    $("noting").hidden = false;
    $("note").value = item.note;
    $("note").focus();
  }

  function closeNote() {
    $("noting").hidden = true;
    $("heading").focus({preventScroll: true});
  }

  const help = () => ($("help").open ? $("help").close() : $("help").showModal());

  $("ask").addEventListener("click", help);
  $("close").addEventListener("click", help);

  $("note").addEventListener("keydown", event => {
    event.stopPropagation();
    if (event.isComposing || event.repeat) return;
    if (event.key === "Escape") closeNote();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      alone(async () => {
        await save(item.values, $("note").value.trim());
        showNote();
        closeNote();
      });
    }
  });

  document.addEventListener("keydown", event => {
    if (!item || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    if ($("help").open) return;
    const onButton = document.activeElement instanceof HTMLButtonElement;
    if (/^[1-9]$/.test(event.key)) alone(() => choose(Number(event.key) - 1));
    else if (event.key === "Enter" && !onButton) alone(saveMarked);
    else if (event.key === "ArrowLeft") alone(() => go(isFinished() ? item.place : Math.max(0, item.place - 1)));
    else if (event.key === "ArrowRight") alone(() => go(Math.min(overview.total - 1, item.place + 1)));
    else if (event.key === "g") alone(() => overview.next === null ? finished() : go(overview.next));
    else if (event.key === "u") alone(undo);
    else if (event.key === "n" && !isFinished()) openNote();
    else return;
    event.preventDefault();
  });

  alone(async () => {
    overview = await ask("overview");
    $("who").textContent = `Labelling as ${overview.by}`;
    await go(overview.next ?? overview.total - 1);
    if (overview.next === null) finished();
  });
})();
