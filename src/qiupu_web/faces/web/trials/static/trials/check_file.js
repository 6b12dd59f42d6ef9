// Looks at a csv of predictions on the reader's own machine, before it is sent. The server looks at it again in any case.
const MOST_NAMED = 5;
const CLASS = /^p:/;

export function parse(text) {
  // Return the cells of a csv, row by row; quotes may hold commas, line breaks and doubled quotes.
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[i + 1] === '"') { cell += '"'; i += 1; }
      else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === "," || sign === "\n" || sign === "\r") {
      row.push(cell);
      cell = "";
      if (sign === ",") continue;
      if (sign === "\r" && text[i + 1] === "\n") i += 1;
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
    } else cell += sign;
  }
  row.push(cell);
  if (row.length > 1 || row[0] !== "") rows.push(row);
  return rows;
}

function decode(bytes) {
  for (const name of ["utf-8", "gb18030"]) {
    try { return new TextDecoder(name, { fatal: true }).decode(bytes); } catch { /* the next one */ }
  }
  return null;
}

function keysOf(rows, keys) {
  const places = keys.map((key) => rows[0].indexOf(key)).filter((place) => place >= 0);
  return rows.slice(1).map((row) => places.map((place) => (row[place] ?? "").trim()).join(" · "));
}

export function compare(entry, inputs, need) {
  // Return what is wrong as [code, values]; an empty list when the file answers every item once.
  const header = entry[0] ?? [];
  const keys = need.keys.filter((key) => (inputs[0] ?? []).includes(key));
  const lacking = keys.filter((key) => !header.includes(key));
  const hasAnswer = header.includes(need.answer) || (need.classes && header.some((name) => CLASS.test(name)));
  if (!hasAnswer) lacking.push(need.answer);
  if (lacking.length) return [["columns", { names: lacking.join(", ") }]];
  const found = [];
  const wanted = new Set(keysOf(inputs, keys)), given = keysOf(entry, keys), seen = new Set(), twice = [], extra = [];
  given.forEach((key, i) => {
    if (!wanted.has(key)) extra.push(i + 2);
    else if (seen.has(key) && !need.many) twice.push(i + 2);
    seen.add(key);
  });
  const missing = [...wanted].filter((key) => !seen.has(key));
  if (missing.length) found.push(["missing", { n: missing.length, names: missing.slice(0, MOST_NAMED).join(", ") }]);
  if (extra.length) found.push(["extra", { n: extra.length, rows: extra.slice(0, MOST_NAMED).join(", ") }]);
  if (twice.length) found.push(["twice", { n: twice.length, rows: twice.slice(0, MOST_NAMED).join(", ") }]);
  const place = header.indexOf(need.answer);
  if (need.numbers && place >= 0) {
    const bad = entry.slice(1).map((row, i) => [row[place] ?? "", i + 2])
      .filter(([cell]) => cell.trim() === "" || !Number.isFinite(Number(cell))).map(([, row]) => row);
    if (bad.length) found.push(["numbers", { n: bad.length, rows: bad.slice(0, MOST_NAMED).join(", ") }]);
  }
  return found;
}

async function look(file, box) {
  if (!/\.csv$/i.test(file.name)) return [["other", {}]];
  const text = decode(await file.arrayBuffer());
  if (text === null) return [["encoding", {}]];
  const answer = await fetch(box.dataset.inputs, { credentials: "same-origin" });
  if (!answer.ok) return [["other", {}]];
  const entry = parse(text.replace(/^\uFEFF/, "")), inputs = parse(await answer.text());
  const need = {
    keys: box.dataset.keys.split(" "),
    answer: box.dataset.answer,
    numbers: box.dataset.numbers === "yes",
    classes: box.dataset.classes === "yes",
    many: box.dataset.many === "yes",
  };
  const found = compare(entry, inputs, need);
  return found.length ? found : [["good", { n: entry.length - 1 }]];
}

function say(box, found) {
  const list = document.createElement("ul");
  for (const [code, values] of found) {
    const line = document.createElement("li");
    const words = box.querySelector(`[data-code="${code}"]`).textContent;
    line.textContent = words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
    line.dataset.found = code;
    list.append(line);
  }
  box.querySelector("[data-said]").replaceChildren(list);
  box.hidden = false;
}

const box = document.querySelector("[data-file-check]");
const field = document.querySelector("form.sheet input[type=file]");
if (box && field) {
  field.addEventListener("change", async () => {
    const kind = document.querySelector("form.sheet input[name=kind]:checked");
    box.hidden = true;
    if (field.files.length && (!kind || kind.value === "predictions")) say(box, await look(field.files[0], box));
  });
}
