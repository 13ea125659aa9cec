// The digits program for WebAssembly: reads the test images as text from standard input and prints how many are right.
import { readFileSync } from "node:fs";
import { load } from "./digits.mjs";

const rows = readFileSync(0, "utf8").trim().split("\n").map((line) => line.split(",").map(Number));
const x = Float32Array.from(rows.flatMap((row) => row.slice(0, 64)), (pixel) => pixel / 16);
const { probabilities } = (await load()).predict({ batch: rows.length, x });
const right = rows.filter((row, i) => {
  const p = probabilities.subarray(10 * i, 10 * i + 10);
  return p.indexOf(Math.max(...p)) === row[64];
});
console.log(`${right.length} of ${rows.length} right`);
