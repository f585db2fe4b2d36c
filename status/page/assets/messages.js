// The last messages each way, newest first.
import { byId, clock, count, element, setText, short } from "./format.js";

let kept = 200; // each way
let all = []; // entries, oldest first
let ahead = 0; // how far the clock of this browser is ahead of the box's, ms
let set = true; // the box's clock
let setAt = 0; // when it was, by itself; 0: not known
let paused = false;
let skipped = 0, dropped = 0, whilePaused = 0;
let stream = 0; // the numbers of messages are those of one stream
let wanted = false; // a drawing is under way
const list = byId("messages");

export function setKept(n) { kept = n; }
export function setAhead(ms) { ahead = ms; }
export function setClock(c) {
  setAt = Date.parse(c.since ?? "") || 0;
  if (set === c.set) return;
  set = c.set;
  title();
}
export function setDropped(n) { dropped = n; title(); }

export function clear() {
  all = [];
  stream++;
  skipped = whilePaused = 0;
  draw();
}

export function add(batch) {
  all.push(...batch.list);
  skipped += batch.skipped;
  const ways = { in: 0, out: 0 };
  all = all.reverse().filter((m) => ++ways[m.dir] <= kept).reverse();
  if (paused) whilePaused += batch.list.length;
  draw();
}

function draw() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(() => {
    wanted = false;
    title();
    options();
    if (!paused) rows();
  });
}

function title() {
  const parts = [];
  if (!set) parts.push("the box's clock is not set: times are this browser's");
  if (paused) parts.push(`paused, ${count(whilePaused)} new`);
  if (dropped + skipped) parts.push(`${count(dropped + skipped)} dropped`);
  setText(byId("messages-count"), parts.join(" · "));
  byId("messages-count").title = dropped + skipped ? "Showing messages never slows them down: under load some are left out here. They all reached their destination or were answered by an error." : "";
}

// options are the clients of the messages kept, and the one that is chosen.
function options() {
  const select = byId("filter");
  const ids = new Set(all.map((m) => m.client));
  if (select.value) ids.add(select.value);
  const names = new Map(all.map((m) => [m.client, m.remote]));
  const have = [...select.options].slice(1).map((o) => o.value);
  if (have.length === ids.size && have.every((id) => ids.has(id))) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...[...ids].map((id) => {
    const o = element("option", "", `${short(id)} ${names.get(id) ?? ""}`);
    o.value = id;
    return o;
  }));
  select.value = chosen;
}

// rows keeps the rows that stay, so that a focus or an opened row survives.
function rows() {
  const only = byId("filter").value;
  const shown = all.filter((m) => !only || m.client === only).reverse();
  const have = new Map([...list.children].map((r) => [r.dataset.n, r]));
  const keep = shown.map((m) => have.get(`${stream}.${m.n}`) ?? row(m));
  const wantedRows = new Set(keep);
  for (const r of [...list.children]) if (!wantedRows.has(r)) r.remove();
  keep.forEach((r, i) => { if (list.children[i] !== r) list.insertBefore(r, list.children[i] ?? null); });
  list.hidden = shown.length === 0;
  byId("messages-none").hidden = shown.length > 0;
}

function row(m) {
  const r = element("div", `message ${m.dir === "in" ? "in" : "out"}`);
  r.dataset.n = `${stream}.${m.n}`;
  r.id = `message-${r.dataset.n}`;
  r.setAttribute("role", "option");
  r.setAttribute("aria-expanded", "false");
  const client = element("span", "id", short(m.client));
  client.title = `${m.client} ${m.remote}`;
  const way = element("span", "way", m.dir === "in" ? `→ ${topicName(m)}` : "← client");
  way.title = m.topic;
  const payload = element("span", "payload", gist(m.payload));
  payload.title = `${m.size} bytes`;
  payload.dataset.whole = m.payload;
  const at = Date.parse(m.time);
  const early = set && at < setAt; // by a clock that was wrong then
  const time = element("span", early ? "time unknown" : "time", early ? "before clock" : clock(at + ahead));
  if (early) time.title = "This passed before the clock of the box was set";
  r.append(time, way, client, payload);
  return r;
}

const topicName = (m) => m.topic.replace(/^com\.opentrons\./, "") || "robot";

// gist leaves out the envelope, which is alike in all messages. What is not
// whole or not an envelope is shown as it is.
function gist(payload) {
  try {
    const { type, data } = JSON.parse(payload);
    return `${type} · ${data.name} · ${JSON.stringify(data.message)}`;
  } catch {
    return payload;
  }
}

function toggle(r) {
  const open = r.getAttribute("aria-expanded") !== "true";
  const payload = r.querySelector(".payload");
  r.setAttribute("aria-expanded", String(open));
  setText(payload, open ? payload.dataset.whole : gist(payload.dataset.whole));
}

function goTo(r) {
  if (!r) return;
  list.querySelector(".at")?.classList.remove("at");
  r.classList.add("at");
  list.setAttribute("aria-activedescendant", r.id);
  r.scrollIntoView({ block: "nearest" });
}

list.addEventListener("click", (e) => {
  const r = e.target.closest(".message");
  if (r && !String(getSelection())) toggle(r);
});
list.addEventListener("keydown", (e) => {
  const at = list.querySelector(".at");
  const move = {
    ArrowDown: () => goTo(at ? at.nextElementSibling : list.firstElementChild),
    ArrowUp: () => goTo(at ? at.previousElementSibling : list.firstElementChild),
    Home: () => goTo(list.firstElementChild),
    End: () => goTo(list.lastElementChild),
    Enter: () => at && toggle(at),
    " ": () => at && toggle(at),
  }[e.key];
  if (!move) return;
  e.preventDefault();
  move();
});
byId("filter").addEventListener("change", (e) => {
  byId("download").href = "/api/messages.jsonl" + (e.target.value ? `?client=${encodeURIComponent(e.target.value)}` : "");
  rows();
});
byId("pause").addEventListener("click", (e) => {
  paused = !paused;
  whilePaused = 0;
  e.target.setAttribute("aria-pressed", String(paused));
  setText(e.target, paused ? "Go on" : "Pause");
  draw();
});
