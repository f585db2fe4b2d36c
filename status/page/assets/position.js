// Where the robot stood when that passed by last: the head over the deck, seen from
// above, and the heights of Z, A and B. Nothing tells how far an axis reaches, so each
// drawing ends at a round number above the largest that was seen.
import { byId, duration, element, setText } from "./format.js";
import { nice } from "./plot.js";

const axes = ["x", "y", "z", "a", "b"];
const names = { x: "right", y: "to the front", z: "down", a: "plunger down", b: "plunger down" };
const since = {
  moved: "it may have moved since", // it was commanded, or moves
  away: "robot away since",
  unheard: "relay silent since",
};
const side = 280; // of the drawings
const least = { x: 100, y: 100, z: 10, a: 10, b: 10 }; // mm that a drawing covers

function svg(name, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

const label = (x, y, text, anchor = "start") => svg("text", { x, y, "text-anchor": anchor }, text);

// the parts that move, by name
const part = {};

function drawDeck() {
  const grid = [];
  for (let i = 1; i < 4; i++) {
    const at = (side * i) / 4;
    grid.push(svg("path", { class: "grid", d: `M${at} 0V${side}M0 ${at}H${side}` }));
  }
  part.across = svg("line", { class: "sight", x1: 0, x2: side });
  part.along = svg("line", { class: "sight", y1: 0, y2: side });
  part.head = svg("circle", { class: "head", r: 8 });
  part.reach = label(side, -8, "", "end");
  part.deck = svg("svg", { viewBox: `-4 -24 ${side + 52} ${side + 30}`, role: "img" },
    svg("rect", { class: "frame", width: side, height: side, rx: 4 }), ...grid,
    label(0, -8, "0"), label(side / 2, -8, "X →", "middle"), part.reach,
    label(side + 8, 12, "back"), label(side + 8, side / 2 + 4, "Y ↓"), label(side + 8, side - 4, "front"),
    part.across, part.along, part.head);
  byId("deck").append(part.deck, element("figcaption", "quiet"));
}

function drawHeights() {
  const bars = ["z", "a", "b"].map((axis, i) => {
    const bar = {
      group: svg("g", { transform: `translate(${i * 64} 0)` }),
      fill: svg("rect", { class: "fill", width: 24, rx: 3 }),
      mark: svg("line", { class: "mark", x1: -5, x2: 29 }),
      reach: label(12, side + 16, "", "middle"),
    };
    bar.group.append(svg("rect", { class: "frame", width: 24, height: side, rx: 3 }), bar.fill, bar.mark,
      label(12, -8, axis.toUpperCase(), "middle"), bar.reach);
    part[axis] = bar;
    return bar.group;
  });
  part.heights = svg("svg", { viewBox: `-18 -24 200 ${side + 46}`, role: "img" }, ...bars);
  byId("heights").append(part.heights, element("figcaption", "quiet", "The top is 0, and larger is lower."));
}

function listAxes() {
  byId("axes").append(...axes.map((axis) => {
    const row = element("div");
    row.append(element("dt", "", axis.toUpperCase()), element("dd"), element("small", "", names[axis]));
    return row;
  }));
}

const millimetres = (mm) => (mm === null ? "unknown" : `${mm.toFixed(2)} mm`);
// A drawing goes on a little behind the largest, which would look like the axis's end.
const ends = (p, axis) => nice(Math.max(least[axis], 1.15 * (p.largest[axis] ?? 0)));

// at is where a number is in a drawing; what is beyond its ends is drawn there.
const at = (mm, end) => Math.min(Math.max(mm / end, 0), 1) * side;

function set(e, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (e.getAttribute(key) !== String(value)) e.setAttribute(key, value);
  }
}

function moveHead(p) {
  const end = Math.max(ends(p, "x"), ends(p, "y"));
  const x = p.x === null ? null : at(p.x, end);
  const y = p.y === null ? null : at(p.y, end);
  setText(part.reach, `${end} mm`);
  if (x !== null) set(part.along, { x1: x, x2: x });
  if (y !== null) set(part.across, { y1: y, y2: y });
  if (x !== null && y !== null) set(part.head, { cx: x, cy: y });
  set(part.along, { visibility: x === null ? "hidden" : "visible" });
  set(part.across, { visibility: y === null ? "hidden" : "visible" });
  set(part.head, { visibility: x === null || y === null ? "hidden" : "visible" });
  setText(byId("deck").querySelector("figcaption"), `From above, a line every ${end / 4} mm. The frame goes as far as was seen, not as the deck does.`);
}

function moveBar(p, axis) {
  const bar = part[axis], end = ends(p, axis), known = p[axis] !== null;
  setText(bar.reach, known ? `${end} mm` : "unknown");
  bar.group.classList.toggle("unknown", !known);
  const height = known ? at(p[axis], end) : 0;
  set(bar.fill, { height });
  set(bar.mark, { y1: height, y2: height, visibility: known ? "visible" : "hidden" });
}

// show draws what the box knows of the position; null is nothing.
export function show(p, software) {
  byId("position-shown").hidden = !p;
  byId("position-none").hidden = !!p;
  if (!p) {
    setText(byId("position-age"), "");
    setText(byId("position-none"), software === "robot"
      ? "Not told yet. The box does not ask for it: the robot tells it when it moves."
      : "Not told yet. The box does not ask for it: it is shown when a program asks the robot for its positions.");
    return;
  }
  if (!part.deck) {
    drawDeck();
    drawHeights();
    listAxes();
  }
  const age = `told ${duration(p.forSeconds)} ago${p.old ? `; ${since[p.old] ?? "old"}` : ""}`;
  setText(byId("position-age"), age);
  byId("position-shown").classList.toggle("old", !!p.old);
  moveHead(p);
  for (const axis of ["z", "a", "b"]) moveBar(p, axis);
  axes.forEach((axis, i) => setText(byId("axes").children[i].querySelector("dd"), millimetres(p[axis])));
  const words = (list) => list.map((axis) => `${axis.toUpperCase()} ${millimetres(p[axis])}`).join(", ");
  set(part.deck, { "aria-label": `The head from above: ${words(["x", "y"])}; ${age}` });
  set(part.heights, { "aria-label": `Heights, larger is lower: ${words(["z", "a", "b"])}; ${age}` });
}
