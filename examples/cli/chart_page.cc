// cli/chart_page.cc: see chart_page.h. The style is one text, for every page that leat writes.
// Colours differ in lightness too, so that they stay apart for eyes that see fewer of them.
#include "cli/chart_page.h"

#include "base/bytes.h"
#include "codec/utf8.h"

namespace cli {

namespace {

constexpr const char* style = R"(
:root { color-scheme: light dark;
  --paper: #fcfcfa; --card: #ffffff; --ink: #1b2330; --soft: #5d6776; --rule: #e3e6ea;
  --grid: #eceef1; --mark: #eef4fb; --flight: #2b6cb0; --admit: #0e7a6d; --refuse: #c2410c;
  --l-none: #d5d9df; --l-flight: #4f8fd0; --l-cooldown: #c2410c; --l-slow: #f0b04a;
  --l-requests: #2a9d8f; --l-tokens: #7d5ba6; --l-connect: #8a6a52; --l-items: #c774a8;
  --l-source: #b3bac4; --l-overload: #7f1d3f; --l-day: #46506b; --l-learned: #9bbf3b;
  --l-budget: #6b6b2f; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #13161b; --card: #191d24; --ink: #e7eaef; --soft: #9aa5b4; --rule: #2b313b;
  --grid: #242a33; --mark: #1c2838; --flight: #7db4ee; --admit: #4fc3b1; --refuse: #ff8a5c;
  --l-none: #3b424e; --l-flight: #5b9bdc; --l-cooldown: #e8683a; --l-slow: #e9b458;
  --l-requests: #43b3a4; --l-tokens: #a687d1; --l-connect: #b08d73; --l-items: #d68fbd;
  --l-source: #6a7380; --l-overload: #c9527f; --l-day: #8b97ba; --l-learned: #b5d65a;
  --l-budget: #b0b06a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 28px 48px; }
.over { margin: 0 0 6px; color: var(--soft); font-size: 13px; letter-spacing: .02em; }
h1 { margin: 0 0 10px; font-size: 28px; line-height: 1.2; font-weight: 650;
  letter-spacing: -.012em; text-wrap: balance; }
h2 { margin: 44px 0 4px; font-size: 18px; font-weight: 650; }
p { margin: 0 0 8px; max-width: 74ch; }
.scene { color: var(--soft); }
.note { color: var(--soft); font-size: 13px; margin-bottom: 18px; max-width: 100ch; }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.command { display: block; margin: 14px 0 28px; padding: 10px 14px; background: var(--card);
  border: 1px solid var(--rule); border-radius: 6px; overflow-x: auto; white-space: nowrap; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { color: var(--soft); font-weight: 500; font-size: 12.5px; text-align: right;
  padding: 6px 10px; border-bottom: 1px solid var(--rule); white-space: nowrap; }
td { text-align: right; padding: 8px 10px; border-bottom: 1px solid var(--grid);
  white-space: nowrap; }
th.left, td.left { text-align: left; }
tr.best td { background: var(--mark); font-weight: 600; }
tr.best td.left:last-child { font-weight: 500; }
.keep { white-space: nowrap; }
.bad { color: var(--refuse); font-weight: 600; }
.tag { display: inline-block; margin-left: 8px; padding: 0 7px; border-radius: 9px;
  font-size: 11.5px; line-height: 18px; font-weight: 600; background: var(--ink);
  color: var(--paper); vertical-align: 1px; }
figcaption .tag { margin-left: -6px; }
figcaption span.tag { color: var(--paper); font-size: 11.5px; }
span.tag.more, figcaption span.tag.more { background: none; color: var(--soft);
  box-shadow: inset 0 0 0 1px var(--rule); }
.panels { display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px; }
figure { margin: 0; padding: 16px 20px 14px; background: var(--card);
  border: 1px solid var(--rule); border-radius: 8px; }
figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline;
  margin-bottom: 10px; }
figcaption b { font-size: 16px; font-weight: 650; }
figcaption span { color: var(--soft); font-size: 13.5px; }
.strip { display: grid; grid-template-columns: 46px minmax(0, 1fr); }
.name { margin: 8px 0 2px 46px; color: var(--soft); font-size: 12px; line-height: 16px; }
.name i { display: inline-block; width: 14px; height: 0; margin: 0 6px 4px 0;
  border-top: 2px solid currentColor; }
svg { display: block; overflow: visible; }
svg text { font-size: 11px; fill: var(--soft); }
.grid { stroke: var(--grid); stroke-width: 1; }
.base { stroke: var(--rule); stroke-width: 1; }
.line { fill: none; stroke-width: 1.75px; vector-effect: non-scaling-stroke;
  stroke-linejoin: round; }
.area { stroke: none; opacity: .16; }
.dashed { stroke-dasharray: 5 4; stroke-width: 1.25px; }
.flight { stroke: var(--flight); color: var(--flight); } .area.flight { fill: var(--flight); }
.admit { stroke: var(--admit); color: var(--admit); } .area.admit { fill: var(--admit); }
.limit { stroke: var(--soft); }
.refuse { fill: var(--refuse); }
.name i.refusals { width: 3px; height: 10px; margin-bottom: -1px;
  border: 0; border-radius: 1px; background: var(--refuse); }
text.on { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round;
  fill: var(--ink); }
.hit { fill: var(--ink); fill-opacity: 0; } .hit:hover { fill-opacity: .08; }
.l-none { fill: var(--l-none); background: var(--l-none); }
.l-flight { fill: var(--l-flight); background: var(--l-flight); }
.l-cooldown { fill: var(--l-cooldown); background: var(--l-cooldown); }
.l-slow { fill: var(--l-slow); background: var(--l-slow); }
.l-requests { fill: var(--l-requests); background: var(--l-requests); }
.l-tokens { fill: var(--l-tokens); background: var(--l-tokens); }
.l-connect { fill: var(--l-connect); background: var(--l-connect); }
.l-items { fill: var(--l-items); background: var(--l-items); }
.l-source { fill: var(--l-source); background: var(--l-source); }
.l-overload { fill: var(--l-overload); background: var(--l-overload); }
.l-day { fill: var(--l-day); background: var(--l-day); }
.l-learned { fill: var(--l-learned); background: var(--l-learned); }
.l-budget { fill: var(--l-budget); background: var(--l-budget); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 0 46px; padding: 0;
  list-style: none; font-size: 12.5px; color: var(--soft); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
  margin-right: 6px; }
footer { margin-top: 28px; color: var(--soft); font-size: 12.5px; }
@media (min-width: 1000px) { .panels.many { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 640px) {
  main { padding: 24px 16px 32px; } h1 { font-size: 23px; } .wide { display: none; }
  table { font-size: 13px; } th, td { padding-left: 5px; padding-right: 5px; }
  td .tag { display: none; } figure { padding: 14px 14px 12px; }
  .strip { grid-template-columns: 34px minmax(0, 1fr); } .name, .legend { margin-left: 34px; }
}
@media print { figure { break-inside: avoid; } }
)";

// The code point at the start of valid UTF-8, and its bytes.
uint32_t first_of(leat_str text, size_t* size) {
    const unsigned char lead = static_cast<unsigned char>(text.data[0]);
    *size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    *size = *size < text.size ? *size : text.size;
    uint32_t point = *size == 1 ? lead : lead & (0x7fu >> *size);
    for (size_t i = 1; i < *size; ++i) {
        point = point << 6 | (static_cast<unsigned char>(text.data[i]) & 0x3fu);
    }
    return point;
}

bool is_harmful(uint32_t point) {
    const bool control = (point < 0x20 && point != '\n' && point != '\t') ||
                         (point >= 0x7f && point < 0xa0);
    const bool turns = point == 0x61c || point == 0x200e || point == 0x200f ||
                       (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    return control || turns || point == 0xfeff || point == 0xfffe || point == 0xffff;
}

void put_point(FILE* file, leat_str bytes, uint32_t point) {
    switch (point) {
        case '&': fputs("&amp;", file); return;
        case '<': fputs("&lt;", file); return;
        case '>': fputs("&gt;", file); return;
        case '"': fputs("&quot;", file); return;
        case '\'': fputs("&#39;", file); return;
        default: break;
    }
    if (is_harmful(point)) {
        fprintf(file, "[U+%04X]", static_cast<unsigned>(point));
    } else {
        fwrite(bytes.data, 1, bytes.size, file);
    }
}

}  // namespace

void put_escaped(FILE* file, leat_str text) {
    while (!leat::empty(text)) {
        if (leat::utf8_valid_prefix(leat::head(text, 4)) == 0) {
            fputs("\xEF\xBF\xBD", file);
            text = leat::tail(text, 1);
            continue;
        }
        size_t size = 0;
        const uint32_t point = first_of(text, &size);
        put_point(file, leat::head(text, size), point);
        text = leat::tail(text, size);
    }
}

void put_escaped(FILE* file, const char* text) { put_escaped(file, leat::text_of(text)); }

void begin_page(FILE* file, const char* title, const char* more_style) {
    fputs(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\"/>\n<title>",
        file);
    put_escaped(file, title);
    fprintf(file, "</title>\n<style>%s%s</style>\n</head>\n<body>\n<main>\n", style, more_style);
}

void end_page(FILE* file) { fputs("</main>\n</body>\n</html>\n", file); }

const char* limiter_class(leat_limiter limiter) {
    switch (limiter) {
        case LEAT_LIMITER_NONE: return "l-none";
        case LEAT_LIMITER_IN_FLIGHT: return "l-flight";
        case LEAT_LIMITER_COOLDOWN: return "l-cooldown";
        case LEAT_LIMITER_SLOW_START: return "l-slow";
        case LEAT_LIMITER_REQUESTS: return "l-requests";
        case LEAT_LIMITER_TOKENS: return "l-tokens";
        case LEAT_LIMITER_CONNECTIONS: return "l-connect";
        case LEAT_LIMITER_ITEMS: return "l-items";
        case LEAT_LIMITER_SOURCE: return "l-source";
        case LEAT_LIMITER_OVERLOAD: return "l-overload";
        case LEAT_LIMITER_DAY: return "l-day";
        case LEAT_LIMITER_LEARNED: return "l-learned";
        case LEAT_LIMITER_BUDGET: return "l-budget";
    }
    return "l-none";
}

const char* limiter_words(leat_limiter limiter) {
    switch (limiter) {
        case LEAT_LIMITER_NONE: return "nothing waits";
        case LEAT_LIMITER_IN_FLIGHT: return "in flight (-j)";
        case LEAT_LIMITER_COOLDOWN: return "pause after a 429";
        case LEAT_LIMITER_SLOW_START: return "slow start after a pause";
        case LEAT_LIMITER_REQUESTS: return "requests/min";
        case LEAT_LIMITER_TOKENS: return "tokens/min";
        case LEAT_LIMITER_CONNECTIONS: return "connections";
        case LEAT_LIMITER_ITEMS: return "items that wait for a new try";
        case LEAT_LIMITER_SOURCE: return "the input";
        case LEAT_LIMITER_OVERLOAD: return "the provider is overloaded";
        case LEAT_LIMITER_DAY: return "limit of the day";
        case LEAT_LIMITER_LEARNED: return "pace learned from 429s";
        case LEAT_LIMITER_BUDGET: return "the budget";
    }
    return "";
}

}  // namespace cli
