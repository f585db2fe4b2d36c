// The plots: five minutes, one point a second, drawn anew each second.
import { byId, milliseconds, setText } from "./format.js";

let seconds = 300;
let data = []; // { second, in, out, dropped, reply }

export function setLength(n) { seconds = n; }
export function clear() { data = []; }

export function add(series) {
  const first = series.second - (series.in?.length ?? 0) + 1;
  (series.in ?? []).forEach((n, i) => data.push({
    second: first + i, in: n, out: series.out[i], dropped: series.dropped[i], reply: series.replyMs[i],
  }));
  data = data.filter((d) => d.second > series.second - seconds);
  draw();
}

// nice is the round number above n for the end of an axis.
export function nice(n) {
  if (n <= 1) return 1;
  const tens = 10 ** Math.floor(Math.log10(n));
  for (const step of [1, 2, 3, 4, 6, 8, 10]) if (n <= step * tens) return step * tens;
  return 10 * tens;
}

function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  pen.font = `11px ${style.fontFamily}`;
  const colour = (name) => style.getPropertyValue(name).trim();
  const labels = Math.ceil(pen.measureText("999 ms").width) + 10; // the widest, and a gap
  const left = 0, right = width - labels, top = 8, bottom = height - 20;
  const last = data.length ? data.at(-1).second : 0;
  const x = (second) => right - ((last - second) / (seconds - 1)) * (right - left);
  return { pen, colour, left, right, top, bottom, x };
}

function frame(p, lines) {
  const { pen, colour, left, right, bottom } = p;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  for (const [y, label, strong] of lines) {
    pen.strokeStyle = colour("--edge");
    pen.globalAlpha = strong ? 1 : .6;
    pen.beginPath();
    pen.moveTo(left, Math.round(y) + .5);
    pen.lineTo(right, Math.round(y) + .5);
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillStyle = colour("--quiet");
    pen.textAlign = "left";
    pen.fillText(label, right + 8, y);
  }
  pen.fillStyle = colour("--quiet");
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText("5 min ago", left, bottom + 16);
  pen.textAlign = "right";
  pen.fillText("now", right, bottom + 16);
}

function area(p, value, y, zero, colour) {
  if (!data.length) return;
  const { pen, x } = p;
  pen.beginPath();
  pen.moveTo(x(data[0].second), zero);
  for (const d of data) pen.lineTo(x(d.second), y(value(d)));
  pen.lineTo(x(data.at(-1).second), zero);
  pen.closePath();
  pen.fillStyle = colour;
  pen.globalAlpha = .16;
  pen.fill();
  pen.globalAlpha = 1;
  pen.beginPath();
  for (const d of data) pen.lineTo(x(d.second), y(value(d)));
  pen.strokeStyle = colour;
  pen.lineWidth = 1.6;
  pen.lineJoin = "round";
  pen.stroke();
}

function drawRate() {
  const canvas = byId("rate");
  const p = prepare(canvas);
  const most = nice(Math.max(1, ...data.map((d) => Math.max(d.in, d.out))));
  const middle = (p.top + p.bottom) / 2;
  const unit = (p.bottom - p.top) / 2 / most;
  frame(p, [[p.top, String(most)], [middle, "0", true], [p.bottom, String(most)]]);
  area(p, (d) => d.in, (v) => middle - v * unit, middle, p.colour("--to-robot"));
  area(p, (d) => d.out, (v) => middle + v * unit, middle, p.colour("--to-client"));
  // Seconds of which the tap left messages out: there were more than drawn.
  p.pen.fillStyle = p.colour("--wait");
  for (const d of data) if (d.dropped) p.pen.fillRect(p.x(d.second) - 1, p.top - 6, 2, 5);
  const now = data.at(-1);
  setText(byId("rate-in"), now ? String(now.in) : "–");
  setText(byId("rate-out"), now ? String(now.out) : "–");
  canvas.setAttribute("aria-label", now
    ? `Messages per second over the last five minutes; now ${now.in} to the robot and ${now.out} to clients`
    : "Messages per second over the last five minutes");
}

function drawReply() {
  const canvas = byId("reply");
  const p = prepare(canvas);
  const replies = data.filter((d) => d.reply !== null);
  const most = nice(Math.max(1, ...replies.map((d) => d.reply)));
  const y = (v) => p.bottom - (v / most) * (p.bottom - p.top);
  frame(p, [[p.top, milliseconds(most).replace(".0", "")], [(p.top + p.bottom) / 2, ""], [p.bottom, "0", true]]);
  const { pen, x } = p;
  pen.strokeStyle = pen.fillStyle = p.colour("--good");
  pen.lineWidth = 1.6;
  pen.lineJoin = "round";
  pen.beginPath();
  let before = null;
  for (const d of replies) {
    if (before !== null && d.second - before <= 5) pen.lineTo(x(d.second), y(d.reply));
    else pen.moveTo(x(d.second), y(d.reply));
    before = d.second;
  }
  pen.stroke();
  for (const d of replies) {
    pen.beginPath();
    pen.arc(x(d.second), y(d.reply), 1.8, 0, 7);
    pen.fill();
  }
  const sorted = replies.map((d) => d.reply).sort((a, b) => a - b);
  const median = sorted.length ? milliseconds(sorted[Math.floor(sorted.length / 2)]) : "–";
  setText(byId("reply-last"), replies.length ? milliseconds(replies.at(-1).reply) : "–");
  setText(byId("reply-median"), median);
  canvas.setAttribute("aria-label", `From a command to the first reply over the last five minutes; median ${median}`);
}

export function draw() {
  drawRate();
  drawReply();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
new ResizeObserver(draw).observe(byId("rate"));
