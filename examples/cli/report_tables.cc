// cli/report_tables.cc: the lists of a report: models and services, kinds of failures, items that failed
// or took longest, settings. Depends on chart_page.h.
// Every text here may come from a stranger: it goes through put_escaped, inside an element of its own.
#include <stdio.h>

#include "cli/chart_page.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "codec/json_scan.h"

namespace cli {

namespace {

constexpr uint32_t failed_shown = 10;

template <size_t N>
void put_cut(FILE* file, const CutText<N>& text, const char* otherwise) {
    fputs("<bdi>", file);
    if (text.size == 0) {
        put_escaped(file, otherwise);
    } else {
        put_escaped(file, text.view());
    }
    fprintf(file, "%s</bdi>", text.cut ? "..." : "");
}

void put_bar(FILE* file, double share, const char* classes) {
    if (share > 0) {
        fprintf(file, "<td class=\"bar\"><i class=\"%s\" style=\"width:%.1f%%\"></i></td>", classes,
                share * 100);
    } else {
        fputs("<td class=\"bar\"></td>", file);
    }
}

double tokens_of(const NameSum& sum) {
    return static_cast<double>(sum.input_tokens) + static_cast<double>(sum.output_tokens);
}

// What the bars compare: money where it is known, tokens where they are, else items.
double weight_of(const NameSum& sum, const Report& report) {
    if (report.cost_usd > 0) {
        return sum.cost_usd;
    }
    return report.input_tokens + report.output_tokens > 0 ? tokens_of(sum)
                                                          : static_cast<double>(sum.items);
}

// As many decimals for all in a column as the largest needs.
Words column_money(double usd, double most) {
    Words words;
    const int decimals = most >= 1 ? 2 : most >= 0.01 ? 4 : 6;
    snprintf(words.text, sizeof words.text, "$%.*f", decimals, usd);
    return words;
}

// share: how long its bar is; < 0: there is none.
void put_name_row(FILE* file, const NameSum& sum, double share, bool has_reasoning,
                  const Report& report) {
    fputs("<tr><td class=\"left name-cell\">", file);
    put_cut(file, sum.name, sum.failed == sum.items ? "no answer" : "not told");
    fprintf(file, "</td><td>%s</td>", count_words(sum.items).text);
    fprintf(file, "<td class=\"wide\">%s</td>", count_words(sum.failed).text);
    fprintf(file, "<td>%s</td>", count_words(sum.input_tokens).text);
    fprintf(file, "<td class=\"wide\">%s</td>", count_words(sum.cached_input_tokens).text);
    fprintf(file, "<td>%s</td>", count_words(sum.output_tokens).text);
    if (has_reasoning) {
        fprintf(file, "<td class=\"wide\">%s</td>", count_words(sum.reasoning_tokens).text);
    }
    if (report.priced > 0) {
        fprintf(file, "<td>%s</td>",
                sum.priced > 0 ? column_money(sum.cost_usd, report.cost_usd).text : "-");
    }
    if (share >= 0) {
        put_bar(file, share, "");
    }
    fputs("</tr>\n", file);
}

void put_name_table(FILE* file, const char* title, const NameSums& sums, const Report& report) {
    double most = 0;
    bool has_reasoning = false;
    for (uint32_t i = 0; i < sums.count; ++i) {
        const double weight = weight_of(sums.rows[i], report);
        most = weight > most ? weight : most;
        has_reasoning = has_reasoning || sums.rows[i].reasoning_tokens > 0;
    }
    const bool has_cost = report.priced > 0;
    fprintf(file, "<div class=\"scroll\"><table>\n<thead><tr><th class=\"left\">%s</th>", title);
    fputs(
        "<th>items</th><th class=\"wide\">failed</th><th>input</th><th class=\"wide\">from "
        "cache</th>"
        "<th>output</th>",
        file);
    fprintf(file, "%s%s%s</tr></thead>\n<tbody>\n",
            has_reasoning ? "<th class=\"wide\">reasoning</th>" : "",
            has_cost ? "<th>cost</th>" : "", sums.count > 1 ? "<th></th>" : "");
    bool told[names_max + 1] = {};
    for (uint32_t n = 0; n < sums.count; ++n) {
        uint32_t best = names_max + 1;
        for (uint32_t i = 0; i < sums.count; ++i) {
            if (!told[i] && (best > names_max || weight_of(sums.rows[i], report) >
                                                     weight_of(sums.rows[best], report))) {
                best = i;
            }
        }
        told[best] = true;
        const NameSum& sum = sums.rows[best];
        const double share = most > 0 ? weight_of(sum, report) / most : 0;
        put_name_row(file, sum, sums.count > 1 ? share : -1, has_reasoning, report);
    }
    fputs("</tbody>\n</table></div>\n", file);
}

void put_kind(FILE* file, const FailureSum& sum, uint64_t most) {
    int32_t status = 0;
    const bool known = status_of_word(sum.status.view(), &status);
    fputs("<li><div class=\"head\"><span class=\"word\">", file);
    put_cut(file, sum.status, "not told");
    fprintf(file,
            "</span><em>%s</em><div class=\"bar\"><i class=\"bad\" "
            "style=\"width:%.1f%%\"></i></div></div>",
            count_words(sum.items).text,
            static_cast<double>(sum.items) / static_cast<double>(most) * 100);
    if (known) {
        fputs("<p class=\"hint\">", file);
        put_escaped(file, leat_status_hint(status));
        fputs("</p>", file);
    }
    if (sum.message.size > 0 &&
        !(known && leat::equal(sum.message.view(), leat::text_of(leat_status_hint(status))))) {
        fputs("<p>", file);
        put_cut(file, sum.message, "");
        fputs("</p>", file);
    }
    fputs("</li>\n", file);
}

void put_kinds(FILE* file, const Report& report) {
    uint64_t most = 1;
    for (uint32_t i = 0; i < report.failures_count; ++i) {
        most = report.failures[i].items > most ? report.failures[i].items : most;
    }
    bool told[failures_max + 1] = {};
    fputs("<ul class=\"faults kinds\">\n", file);
    for (uint32_t n = 0; n < report.failures_count; ++n) {
        uint32_t best = failures_max + 1;
        for (uint32_t i = 0; i < report.failures_count; ++i) {
            if (!told[i] &&
                (best > failures_max || report.failures[i].items > report.failures[best].items)) {
                best = i;
            }
        }
        told[best] = true;
        put_kind(file, report.failures[best], most);
    }
    fputs("</ul>\n", file);
}

void put_failed_item(FILE* file, const ItemLine& item) {
    fputs("<li><div class=\"head\"><b>", file);
    put_cut(file, item.id, "");
    fputs("</b><span class=\"word\">", file);
    put_cut(file, item.status, "failed");
    fputs("</span>", file);
    if (item.http_status > 0) {
        fprintf(file, "<span>HTTP %d</span>", static_cast<int>(item.http_status));
    }
    if (item.code.size > 0 && !leat::equal(item.code.view(), item.status.view())) {
        fputs("<span>", file);
        put_cut(file, item.code, "");
        fputs("</span>", file);
    }
    if (item.tries == 0) {
        fputs("<span>never sent</span>", file);
    } else {
        fprintf(file, "<span>%s %s</span>", count_words(static_cast<uint64_t>(item.tries)).text,
                item.tries == 1 ? "try" : "tries");
    }
    if (item.ms >= 0) {
        fprintf(file, "<span>%s</span>", time_words(item.ms).text);
    }
    fputs("</div>", file);
    if (item.message.size > 0) {
        fputs("<p>", file);
        put_cut(file, item.message, "");
        fputs("</p>", file);
    }
    fputs("</li>\n", file);
}

void put_slow_item(FILE* file, const ItemLine& item, double most_ms) {
    fputs("<tr><td class=\"left name-cell\">", file);
    put_cut(file, item.id, "");
    fprintf(file, "</td><td>%s</td>", time_words(item.ms).text);
    put_bar(file, most_ms > 0 ? item.ms / most_ms : 0, "");
    fprintf(file, "<td>%s</td>", count_words(static_cast<uint64_t>(item.tries)).text);
    if (item.output_tokens >= 0) {
        fprintf(file, "<td class=\"wide\">%s</td>",
                count_words(static_cast<uint64_t>(item.output_tokens)).text);
    } else {
        fputs("<td class=\"wide\">-</td>", file);
    }
    fputs("<td class=\"left wide\">", file);
    put_cut(file, item.model, "");
    fputs("</td><td class=\"left\">", file);
    put_cut(file, item.status, "");
    fputs("</td></tr>\n", file);
}

// Strings without their quotes; everything else as it stands.
void put_setting(FILE* file, const leat::JsonValue& key, const leat::JsonValue& value) {
    char text[1024];
    size_t size = 0;
    leat_str shown = leat::head(value.raw, 600);
    if (value.type == leat::JsonType::string &&
        leat::json_string_decode(shown, text, sizeof text, &size) == LEAT_OK) {
        shown = leat_str{text, size};
    }
    fputs("<dt>", file);
    put_escaped(file, leat::head(key.raw, 60));
    fputs("</dt><dd><bdi>", file);
    put_escaped(file, shown);
    fprintf(file, "%s</bdi></dd>\n", value.raw.size > 600 ? "..." : "");
}

// null, false and 0: nobody asked for it.
bool is_default(const leat::JsonValue& value) {
    return value.type != leat::JsonType::string &&
           (leat::equal(value.raw, leat::text("null")) ||
            leat::equal(value.raw, leat::text("false")) || leat::equal(value.raw, leat::text("0")));
}

}  // namespace

void put_names(FILE* file, const Report& report) {
    fputs("<h2>Tokens and cost</h2>\n", file);
    put_name_table(file, "model", report.models, report);
    if (report.services.count > 1 || report.services.rows[0].name.size > 0) {
        put_name_table(file, "service", report.services, report);
    }
}

void put_failures(FILE* file, const Report& report) {
    if (report.failed == 0) {
        return;
    }
    fputs("<h2>What failed</h2>\n", file);
    put_kinds(file, report);
    fprintf(file, "<h3>Items that failed</h3>\n<ul class=\"faults\">\n");
    for (uint32_t i = 0; i < report.failed_count && i < failed_shown; ++i) {
        put_failed_item(file, report.failed_items[i]);
    }
    fputs("</ul>\n", file);
    if (report.failed_count > failed_shown) {
        fprintf(file, "<details><summary>%u more</summary>\n<ul class=\"faults\">\n",
                report.failed_count - failed_shown);
        for (uint32_t i = failed_shown; i < report.failed_count; ++i) {
            put_failed_item(file, report.failed_items[i]);
        }
        fputs("</ul></details>\n", file);
    }
    if (report.failed > report.failed_count) {
        fprintf(file, "<p class=\"note\">These are the first %u of %s.</p>\n", report.failed_count,
                count_words(report.failed).text);
    }
}

void put_slowest(FILE* file, const Report& report) {
    if (report.slowest_count < 2) {
        return;
    }
    fputs(
        "<h2>What took longest</h2>\n<p class=\"note\">From an item&#8217;s first request to its "
        "end, with "
        "all tries and the waits between.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th "
        "class=\"left\">item</th>"
        "<th>time</th><th></th><th>tries</th><th class=\"wide\">output</th>"
        "<th class=\"left wide\">model</th><th class=\"left\">ended</th></tr></thead>\n<tbody>\n",
        file);
    for (uint32_t i = 0; i < report.slowest_count; ++i) {
        put_slow_item(file, report.slowest[i], report.slowest[0].ms);
    }
    fputs("</tbody>\n</table></div>\n", file);
}

void put_settings(FILE* file, const Report& report) {
    leat::JsonCursor at(report.settings.view());
    leat::JsonValue key;
    leat::JsonValue value;
    if (!at.enter_object()) {
        return;
    }
    fputs("<h2>Settings</h2>\n<dl class=\"settings\">\n", file);
    while (at.member(&key)) {
        if (at.take(&value) && !is_default(value)) {
            put_setting(file, key, value);
        }
    }
    fputs("</dl>\n", file);
}

}  // namespace cli
