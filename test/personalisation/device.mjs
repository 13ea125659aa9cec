// examples/personalisation/device.c for WebAssembly, all layers only: node device.mjs FILE < test.csv
import { readFileSync, writeFileSync } from "node:fs";
import { load } from "./all_layers.mjs";

const LEARN = 180, BATCH = 20, STEPS = 300;
const rows = readFileSync(0, "utf8").trim().split("\n").map((line) => line.split(",").map(Number));
const f = Math.fround;

function lean(upright) {
  const pixels = new Float32Array(64);
  for (let row = 0; row < 8; ++row) {
    const quarters = 2 * row - 7, whole = Math.trunc((quarters + 8) / 4) - 2, part = f(f(quarters - 4 * whole) / 4);
    for (let column = 0; column < 8; ++column) {
      const at = (i) => (i >= 0 && i < 8 ? upright[8 * row + i] : 0);
      pixels[8 * row + column] = f(f(f(1 - part) * at(column + whole)) + f(part * at(column + whole + 1)));
    }
  }
  return pixels;
}

const images = rows.map((row) => lean(Float32Array.from(row.slice(0, 64), (pixel) => pixel / 16)));
const labels = Int32Array.from(rows, (row) => row[64]);
const join = (some) => Float32Array.from(some.flatMap((image) => [...image]));
const model = await load();
const state = model.createState();
for (let step = 0; step < STEPS; ++step) {
  const first = (step * BATCH) % LEARN;
  model.train_step({ batch: BATCH, x: join(images.slice(first, first + BATCH)), label: labels.slice(first, first + BATCH), state });
}
const batch = rows.length - LEARN;
const { digit } = model.predict({ batch, x: join(images.slice(LEARN)), state });
console.log(`${digit.filter((d, i) => d === labels[LEARN + i]).length} of ${batch}`);
writeFileSync(process.argv[2], model.saveState(state));
