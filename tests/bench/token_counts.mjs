// Counts the tokens of the texts in tests/vectors/token_counts.txt anew, with a real tokenizer, and
// writes the file back. It is how the numbers there were made; the unit tests compare the estimate
// with them and need no tokenizer. Wants node and, from npm, gpt-tokenizer 4 (MIT), o200k_base:
//   npm install gpt-tokenizer && node tests/bench/token_counts.mjs tests/vectors/token_counts.txt
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { encode } = require("gpt-tokenizer/encoding/o200k_base");

const path = process.argv[2];
const [head, ...parts] = readFileSync(path, "utf8").split(/^=== /m);
const counted = parts.map((part) => {
    const end = part.indexOf("\n");
    const [name, use] = part.slice(0, end).split(" ");
    const text = part.slice(end + 1);
    return `=== ${name} ${use} ${encode(text.replace(/\n$/, "")).length}\n${text}`;
});
writeFileSync(path, head + counted.join(""));
