// cli/run_live.cc: the text of streams as it comes, on stdout, what later tries ask for, and what is said of
// options that the provider has not got. Live text is that of one item at a time: with text on stdout
// requests go out one by one, and with records in a file there is but one item.
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/run.h"

namespace cli {

bool Run::shows_live() const {
    if (!settings_.stream) {
        return false;
    }
    return journal_.is_stdout() ? format_ == Format::text : tally_.total == 1;
}

// Past the journal's buffer: what lies in it goes first.
void Run::show(const char* bytes, size_t size) {
    const bool good = journal_.flush() && fwrite(bytes, 1, size, stdout) == size &&
                      fflush(stdout) == 0;
    if (!good) {
        unwritten_ = true;
        stop("the output cannot be written");
    }
}

void Run::show_piece(const leat_token& token) {
    char clean[512];
    if (!live_ && journal_.is_stdout()) {
        const int size = snprintf(clean, sizeof clean, "## %.*s\n",
                                  static_cast<int>(leat::head(token.id, 480).size), token.id.data);
        show(clean, static_cast<size_t>(size));
    } else if (live_ && token.attempt != live_attempt_) {
        constexpr char again[] = "\n[that was cut; once more]\n";
        show(again, sizeof again - 1);
    }
    live_ = true;
    live_attempt_ = token.attempt;
    leat_str rest = token.piece;
    while (!leat::empty(rest)) {
        const leat_str part = leat::head(rest, sizeof clean);
        for (size_t i = 0; i < part.size; ++i) {
            clean[i] = is_control(part.data[i]) ? '?' : part.data[i];
        }
        show(clean, part.size);
        rest = leat::tail(rest, part.size);
    }
}

void Run::take_token(void* user, const leat_token* token) {
    const bool is_text = token->delta == LEAT_DELTA_TEXT || token->delta == LEAT_DELTA_REFUSAL;
    if (is_text && token->choice == 0 && !leat::empty(token->piece)) {
        Run* const run = static_cast<Run*>(user);
        run->progress_.clear();
        run->show_piece(*token);
    }
}

// True when what was shown is the item's record already.
bool Run::end_live(const leat_result& result) {
    if (!live_) {
        return false;
    }
    live_ = false;
    if (result.outcome != LEAT_SUCCEEDED) {
        char words[160];
        const int size = snprintf(words, sizeof words, "\n[%s: %s]", leat_status_word(result.status),
                                  leat_status_hint(result.status));
        show(words, static_cast<size_t>(size));
    }
    show("\n\n", journal_.is_stdout() ? 2 : 1);
    return journal_.is_stdout();
}

// By the command of --check, for which all waits.
leat_status Run::check_answer(void* user, const leat_result* result, leat_str* message) {
    return static_cast<Run*>(user)->check_.judge(result->text, message);
}

// What later tries ask for.
void Run::take_attempt(void* user, leat_attempt* attempt) {
    const Settings& settings = static_cast<Run*>(user)->settings_;
    if (attempt->number == 1 || attempt->last_status == LEAT_OK) {
        return;
    }
    if (settings.retry_model != nullptr) {
        attempt->request->model = view(settings.retry_model);
    }
    if (settings.retry_temperature.is_set != 0) {
        attempt->request->temperature = settings.retry_temperature;
    }
}

// Before anything is sent: what the options ask for in vain.
void Run::check_options() {
    leat_request probe = defaults_.request();
    uint32_t ignored = 0;
    probe.prompt = leat::text("x");
    probe.model = service_.model;
    if (leat_endpoint_check(client_, service_.targets[0].first, &probe, &ignored) == LEAT_OK) {
        say_ignored(ignored);
    }
}

// Each is said once.
void Run::say_ignored(uint32_t fields) {
    const uint32_t fresh = fields & ~ignored_said_;
    if (fresh == 0 || settings_.quiet) {
        return;
    }
    ignored_said_ |= fresh;
    progress_.clear();
    fprintf(stderr, "leat run: left out, because the provider or the model has not got it:");
    const char* name = nullptr;
    const char* comma = "";
    for (uint32_t bit = 0; (name = leat_field_name(bit)) != nullptr; ++bit) {
        if ((fresh >> bit & 1) != 0) {
            fprintf(stderr, "%s %s", comma, name);
            comma = ",";
        }
    }
    fprintf(stderr, "\n");
}

}  // namespace cli
