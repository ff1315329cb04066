/* Filters, sorting and the choice of light or dark. The pages are complete without it. */
(function () {
  "use strict";
  var root = document.documentElement;
  var each = function (list, f) { Array.prototype.forEach.call(list, f); };

  function store(value) { try { localStorage.setItem("peerward-theme", value); } catch (e) { /* not kept */ } }
  function stored() { try { return localStorage.getItem("peerward-theme"); } catch (e) { return null; } }
  var theme = stored();
  if (theme === "dark" || theme === "light") { root.setAttribute("data-theme", theme); }
  var button = document.getElementById("theme");
  if (button) {
    var isDark = function () {
      var set = root.getAttribute("data-theme");
      return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    };
    var name = function () { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
    button.hidden = false;
    name();
    button.addEventListener("click", function () {
      var next = isDark() ? "light" : "dark";
      root.setAttribute("data-theme", next);
      store(next);
      name();
    });
  }

  /* Sorting: the header of a column with data-sort gets a button; "number" columns sort by data-value. */
  function key(row, index, numeric) {
    var cell = row.cells[index];
    if (!cell) { return numeric ? NaN : ""; }
    var given = cell.getAttribute("data-value");
    return numeric ? parseFloat(given === null ? cell.textContent : given) : (given || cell.textContent).trim().toLowerCase();
  }
  function sort(table, header, index) {
    var numeric = header.getAttribute("data-sort") === "number";
    var down = header.getAttribute("aria-sort") === "ascending";
    each(table.tHead.rows[0].cells, function (other) {
      if (other.hasAttribute("aria-sort")) { other.removeAttribute("aria-sort"); }
    });
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    each(table.tBodies, function (body) {
      var rows = Array.prototype.map.call(body.rows, function (row, place) {
        return { row: row, place: place, key: key(row, index, numeric) };
      });
      rows.sort(function (a, b) {
        if (numeric) {
          var x = isNaN(a.key), y = isNaN(b.key);
          if (x || y) { return x === y ? a.place - b.place : x ? 1 : -1; }
        }
        var order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
        return (down ? -order : order) || a.place - b.place;
      });
      rows.forEach(function (each) { body.appendChild(each.row); });
    });
  }
  each(document.querySelectorAll("table.sortable"), function (table) {
    each(table.tHead.rows[0].cells, function (header, index) {
      if (!header.hasAttribute("data-sort")) { return; }
      var made = document.createElement("button");
      made.type = "button";
      made.className = "sort";
      while (header.firstChild) { made.appendChild(header.firstChild); }
      header.appendChild(made);
      made.addEventListener("click", function () { sort(table, header, index); });
    });
  });

  /* Filters: words that must all stand in a row, and choices that must equal its data attributes. */
  var controls = document.querySelector("form.controls");
  if (controls) {
    var field = controls.querySelector("input[type=search]");
    var choices = controls.querySelectorAll("select");
    var live = controls.querySelector("[aria-live]");
    var rows = Array.prototype.map.call(document.querySelectorAll("tr[data-row]"), function (row) {
      return { row: row, text: row.textContent.toLowerCase() + " " + (row.getAttribute("data-row") || "").toLowerCase() };
    });
    var blocks = document.querySelectorAll("details.block");
    var waiting = 0;
    var apply = function () {
      var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      var count = 0;
      var any = words.length > 0;
      each(choices, function (choice) { any = any || choice.value !== ""; });
      rows.forEach(function (each_) {
        var row = each_.row;
        var fits = words.every(function (word) { return each_.text.indexOf(word) >= 0; });
        each(choices, function (choice) {
          var has = row.getAttribute("data-" + choice.name);
          if (choice.value !== "" && has !== null && has !== choice.value) { fits = false; }
        });
        row.hidden = !fits;
        if (fits) { count += 1; }
      });
      each(blocks, function (block) {
        var own = block.querySelectorAll("tr[data-row]");
        if (!own.length) { return; }
        var left = block.querySelectorAll("tr[data-row]:not([hidden])").length;
        block.hidden = left === 0;
        if (any && left > 0) { block.open = true; }
      });
      live.textContent = any ? count + " of " + rows.length + " rows fit" : rows.length + " rows";
    };
    var soon = function () { clearTimeout(waiting); waiting = setTimeout(apply, 120); };
    controls.hidden = false;
    field.addEventListener("input", soon);
    each(choices, function (choice) { choice.addEventListener("change", apply); });
    controls.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
    controls.addEventListener("reset", function () { setTimeout(apply, 0); });
    apply();
  }

  each(document.querySelectorAll("button[data-open]"), function (opener) {
    opener.addEventListener("click", function () {
      var open = opener.getAttribute("data-open") === "yes";
      each(document.querySelectorAll("details"), function (one) { one.open = open; });
    });
  });

  /* An anchor inside something that is closed or filtered away is opened. */
  function reveal() {
    var id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (e) { return; }
    var target = id && document.getElementById(id);
    if (!target) { return; }
    var at = target;
    while (at) {
      if (at.tagName === "DETAILS") { at.open = true; }
      if (at.hidden && at !== document.body) { at.hidden = false; }
      at = at.parentElement;
    }
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  var closed = [];
  addEventListener("beforeprint", function () {
    each(document.querySelectorAll("details:not([open])"), function (one) { closed.push(one); one.open = true; });
  });
  addEventListener("afterprint", function () {
    closed.forEach(function (one) { one.open = false; });
    closed = [];
  });
})();
