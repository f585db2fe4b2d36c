// The form of the settings, made from the box's table of them.
import { byId, element, setText } from "./format.js";

// The password has a form of its own.
const apart = "page.password";

const fields = new Map(); // by key: {field, input, remove, error}

// build makes the form anew, from the answer of GET /api/settings.
export function build(form) {
  fields.clear();
  byId("groups").replaceChildren(...form.sections.map(group).filter((g) => g));
}

function group(section) {
  const list = section.fields.filter((f) => f.key !== apart);
  if (!list.length) return null;
  const set = element("fieldset");
  set.append(element("legend", "", section.title), ...list.map(row));
  return set;
}

function row(f) {
  const id = f.key.replace(".", "-");
  const input = control(f);
  input.id = id;
  input.name = f.key;
  const label = element("label", "", f.title);
  label.htmlFor = id;
  const help = element("span", "help", `${upper(about(f))}. ${usual(f)}`.trim());
  help.id = `${id}-help`;
  const error = element("span", "error");
  error.id = `${id}-error`;
  input.setAttribute("aria-describedby", `${error.id} ${help.id}`);
  const box = element("div", "control");
  box.append(input, error);
  const entry = { field: f, input, error, remove: null };
  if (f.secret && f.set) box.append(removal(entry));
  box.append(help);
  const line = element("div", "field");
  line.append(label, box);
  fields.set(f.key, entry);
  return line;
}

function control(f) {
  if (f.kind === "choice") {
    const select = element("select");
    select.append(...f.choices.map((c) => {
      const option = element("option", "", c);
      option.value = c;
      return option;
    }));
    select.value = f.set ? f.value : f.default;
    return select;
  }
  if (f.kind === "lines") {
    const area = element("textarea");
    area.value = f.value;
    area.spellcheck = false;
    return area;
  }
  const input = element("input");
  input.type = f.secret ? "password" : { number: "number", switch: "checkbox" }[f.kind] ?? "text";
  if (f.kind === "switch") {
    input.checked = (f.set ? f.value : f.default) === "true";
    return input;
  }
  if (f.kind === "number") {
    input.min = f.min;
    input.max = f.max;
  }
  input.value = f.set ? f.value : "";
  input.placeholder = f.secret ? (f.set ? "set, and not shown" : "") : f.default || (f.example && `such as ${f.example}`);
  input.autocomplete = f.secret ? "new-password" : "off";
  input.autocapitalize = "off";
  input.spellcheck = false;
  return input;
}

// usual says what is in force where nothing is set.
function usual(f) {
  const value = f.default && `usually ${f.default}`;
  const bounds = { number: `between ${f.min} and ${f.max}`, list: "set apart by commas" }[f.kind];
  const text = [bounds, f.kind === "switch" ? "" : value].filter((t) => t).join(", ");
  return text && `${upper(text)}.`;
}

// about is what a setting is for. Its text is written for the file, where a switch
// is "true"; here it is ticked.
const about = (f) => f.kind === "switch" ? f.text.replace(/^true /, "tick ") : f.text;

const upper = (text) => text[0].toUpperCase() + text.slice(1);

function removal(entry) {
  const label = element("label", "remove");
  entry.remove = element("input");
  entry.remove.type = "checkbox";
  label.append(entry.remove, `Remove what is set (${entry.field.title})`);
  return label;
}

// changes are the settings that differ from those in force: null for what is not
// to be set any more. titles and interrupts are of them.
export function changes() {
  const values = {}, titles = [], interrupts = new Set();
  for (const { field, input, remove } of fields.values()) {
    const next = field.secret ? secret(input, remove) : wanted(field, input);
    if (field.secret ? next === undefined : next === present(field)) continue;
    values[field.key] = next;
    titles.push(field.title);
    if (field.restarts) interrupts.add(field.restarts);
  }
  return { values, titles, interrupts: [...interrupts] };
}

function secret(input, remove) {
  if (input.value) return input.value;
  return remove?.checked ? null : undefined;
}

function wanted(field, input) {
  let value = field.kind === "switch" ? String(input.checked) : input.value.trim();
  if (field.kind === "list") value = parts(value);
  return value === "" || value === field.default ? null : value;
}

function present(field) {
  const value = field.kind === "list" ? parts(field.value) : field.value.trim();
  return !field.set || value === field.default || value === "" ? null : value;
}

const parts = (text) => text.split(",").map((p) => p.trim()).filter((p) => p).join(",");

// fill puts a value into a field, as a person would.
export function fill(key, value) {
  fields.get(key).input.value = value;
}

export function focus(key) { fields.get(key)?.input.focus(); }

// show writes problems beside their fields, and goes to the first; the answer are
// those that belong to none.
export function show(problems) {
  for (const { input, error } of fields.values()) {
    setText(error, "");
    input.removeAttribute("aria-invalid");
  }
  let first = null;
  const others = [];
  for (const p of problems) {
    const entry = fields.get(p.key);
    if (!entry) {
      others.push(p);
      continue;
    }
    setText(entry.error, p.text);
    entry.input.setAttribute("aria-invalid", "true");
    first ??= entry.input;
  }
  first?.focus();
  return others;
}

// enable lets the fields be changed, or only be read.
export function enable(may) {
  for (const { input, remove } of fields.values()) {
    input.disabled = !may;
    if (remove) remove.disabled = !may;
  }
}
