// The lamps of the page play the same table of patterns as those of the box.
import { byId, element, setText } from "./format.js";

const forEver = 1e9;
const still = matchMedia("(prefers-reduced-motion: reduce)");

let legend = new Map(); // by row id
let playing = []; // { led, steps, began, winks, wink }
let samples = []; // those of the legend
let winkBegan = -forEver;

// level is whether a pattern is lit, elapsed milliseconds after it began.
export function level(lights, elapsed) {
  const total = lights.steps.reduce((sum, s) => sum + Math.abs(s), 0);
  if (!lights.once) elapsed %= total;
  for (const s of lights.steps) {
    if (elapsed < Math.abs(s)) return s > 0;
    elapsed -= Math.abs(s);
  }
  return lights.steps.at(-1) > 0;
}

const blinks = (lights) => lights.steps.length > 1 && !lights.once;

export function learn(rows) {
  legend = new Map(rows.map((r) => [r.id, r]));
  const body = byId("legend").querySelector("tbody");
  samples = [];
  body.replaceChildren(...rows.map((r) => {
    const tr = element("tr");
    for (const lamp of ["WAMP", "Client", "Board"]) {
      const td = element("td");
      td.dataset.label = lamp;
      const lights = r.patterns[lamp];
      if (lights) {
        const led = element("span", `led ${lamp}`);
        samples.push({ led, lights });
        td.append(led, lights.name);
        if (lights.timed) td.append(element("small", "", lights.timed));
      }
      tr.append(td);
    }
    tr.append(element("td", "", r.meaning), element("td", "", r.remedy));
    return tr;
  }));
}

// show makes the lamps shine as the box says they do.
export function show(lamps) {
  const now = performance.now();
  const plate = byId("lamps");
  if (plate.childElementCount !== lamps.length) {
    plate.replaceChildren(...lamps.map(() => {
      const box = element("div", "lamp");
      box.append(element("span", "led"), element("b"), element("small"));
      return box;
    }));
    playing = [];
  }
  const simulated = lamps.every((l) => l.wired === "simulated");
  setText(byId("plate-name"), simulated ? "simulated: this machine has no LEDs" : "lamps as they shine now");
  playing = lamps.map((l, i) => {
    const box = plate.children[i];
    const row = legend.get(l.row);
    const [led, name, text] = box.children;
    setText(name, l.lamp);
    setText(text, l.pattern);
    box.title = `${l.meaning} (${l.wired})`;
    box.dataset.row = l.row;
    if (!led.classList.contains(l.lamp)) led.className = `led ${l.lamp}`;
    const before = playing[i];
    // The beginning is kept while the row stays: each telling of it was on
    // the way for a different time, and the lamp would stutter.
    const began = before && before.row === l.row ? before.began : now - l.elapsedMs;
    const wink = row && row.winks ? legend.get("traffic").patterns[l.lamp] : undefined;
    return { led, row: l.row, lights: row && row.patterns[l.lamp], began, wink };
  });
}

// forget darkens the lamps: nobody knows what they show now.
export function forget() {
  playing = [];
  for (const box of byId("lamps").children) {
    const [led, , text] = box.children;
    led.classList.remove("lit", "soft");
    setText(text, "not known");
    delete box.dataset.row;
  }
}

export function wink() {
  const w = legend.get("traffic");
  const length = w ? w.patterns.Client.steps.reduce((sum, s) => sum + Math.abs(s), 0) : 0;
  const now = performance.now();
  if (now - winkBegan >= length) winkBegan = now;
}

function draw(now) {
  for (const p of playing) {
    if (!p.lights) continue;
    let lit = level(p.lights, Math.max(0, now - p.began));
    if (p.wink && !level(p.wink, now - winkBegan)) lit = false;
    set(p.led, p.lights, lit);
  }
  if (byId("legend").open) {
    for (const s of samples) set(s.led, s.lights, level({ ...s.lights, once: false }, now));
  }
  requestAnimationFrame(draw);
}

// A person who asked for less motion gets the pattern in words and a lamp
// that is half lit.
function set(led, lights, lit) {
  const soft = still.matches && blinks(lights);
  led.classList.toggle("soft", soft);
  led.classList.toggle("lit", lit && !soft);
}

requestAnimationFrame(draw);
