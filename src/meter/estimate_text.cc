// meter/estimate_text.cc: see estimate_text.h. The averages were taken with the o200k tokenizer from
// manual pages in eight languages, from source text and from prose; tests/vectors/token_counts.txt has
// texts that they were not taken from.
// Depends on script.h.
#include "meter/estimate_text.h"

#include "meter/script.h"

namespace leat {

namespace {

constexpr uint64_t whole = 100;  // costs are hundredths of a token

// What a piece with n letters of a script costs.
struct Curve {
    uint16_t first[12];  // 1 to 12 letters
    uint16_t more;       // each letter behind

    constexpr uint64_t at(uint64_t letters) const {
        if (letters == 0) return 0;
        return letters <= 12 ? first[letters - 1] : first[11] + (letters - 12) * more;
    }
};

constexpr Curve english = {{100, 101, 103, 104, 106, 109, 110, 114, 118, 124, 131, 136}, 20};
// Words of ASCII letters in languages with many Latin-1 letters, and in those with letters beyond.
constexpr Curve near = {{100, 102, 103, 108, 117, 132, 142, 158, 170, 195, 205, 220}, 25};
constexpr Curve far = {{100, 101, 109, 119, 152, 175, 190, 202, 225, 251, 292, 330}, 35};
// Words that have such letters.
constexpr Curve accented = {{102, 102, 103, 116, 133, 146, 170, 187, 207, 222, 240, 262}, 28};
constexpr Curve accented_far = {{105, 107, 106, 178, 190, 225, 256, 294, 312, 325, 368, 390}, 36};
constexpr Curve capitals = {{100, 107, 142, 150, 178, 205, 220, 250, 275, 300, 330, 360}, 30};
constexpr Curve greek = {{100, 105, 120, 145, 180, 205, 235, 260, 285, 310, 340, 370}, 36};
constexpr Curve cyrillic = {{100, 105, 109, 125, 142, 155, 188, 202, 216, 222, 245, 255}, 30};
constexpr Curve semitic = {{100, 100, 108, 163, 208, 220, 250, 285, 320, 355, 390, 425}, 36};
constexpr Curve indic = {{100, 100, 120, 140, 190, 210, 235, 270, 300, 330, 360, 390}, 33};
constexpr Curve thai = {{100, 120, 160, 205, 250, 290, 335, 380, 425, 470, 510, 555}, 43};
constexpr Curve hangul = {{112, 175, 240, 268, 300, 365, 392, 430, 475, 520, 565, 610}, 45};
constexpr Curve kana = {{105, 175, 245, 318, 390, 460, 530, 600, 670, 740, 810, 880}, 70};
constexpr Curve han = {{100, 175, 250, 330, 410, 490, 570, 650, 730, 810, 890, 970}, 80};
constexpr Curve rare = {{100, 150, 190, 230, 270, 310, 350, 390, 430, 470, 510, 550}, 40};
constexpr Curve signs = {{100, 100, 118, 160, 185, 235, 285, 320, 350, 380, 420, 450}, 40};

constexpr uint64_t mark_cost = 100;
constexpr uint64_t picture_cost = 145;

// Words that tell what language Latin letters are of; code is as good as English.
constexpr const char* english_words[] = {"the",  "of",   "and", "to",    "that", "for",
                                         "with", "this", "you", "not",   "it",   "be",
                                         "by",   "from", "if",  "return"};
constexpr const char* near_words[] = {
    "der",  "die",  "das", "und",  "ist", "den",  "von",  "zu",  "mit", "nicht",
    "ein",  "eine", "auf", "le",   "la",  "les",  "et",   "est", "une", "du",
    "que",  "pour", "pas", "dans", "el",  "los",  "en",   "por", "una", "del",
    "para", "um",   "uma", "os",   "da",  "em",   "com",  "il",  "che", "di",
    "non",  "het",  "een", "van",  "dat", "voor", "yang", "dan", "ini"};
constexpr const char* far_words[] = {"nie", "na", "jest", "och", "att", "det", "som", "av", "ve",
                                     "bir", "bu", "nem",  "egy", "ja",  "ei",  "og",  "je", "sa"};

template <size_t N>
bool is_one_of(Text word, const char* const (&words)[N]) {
    for (const char* one : words) {
        if (equal_ignoring_case(word, text_of(one))) return true;
    }
    return false;
}

class Estimate {
public:
    explicit Estimate(Text t) : text_(t) {}
    uint64_t run();

private:
    Character peek(size_t at) const { return character_at(text_, at); }
    void take_word();
    void take_digits();
    void take_signs();
    void take_blanks();
    uint64_t latin_cost() const;
    void count_word(const uint32_t (&letters)[scripts_of_letters], Text word);

    Text text_;
    size_t at_ = 0;
    uint64_t cost_ = 0;
    uint64_t if_english_ = 0;  // Latin words, which cost by what language it is
    uint64_t if_near_ = 0;
    uint64_t if_far_ = 0;
    uint64_t english_words_ = 0;
    uint64_t near_words_ = 0;
    uint64_t far_words_ = 0;
};

// What a sign before a word adds to it.
uint64_t joint_cost(const Character& joint) {
    switch (joint.code) {
        case ' ':
        case '\t':
            return 0;
        case '_':
        case '.':
        case '(':
        case '#':
        case '<':
            return 18;
        case '/':
        case '-':
        case '[':
        case '=':
            return 40;
        default:
            return 75;
    }
}

void Estimate::count_word(const uint32_t (&letters)[scripts_of_letters], Text word) {
    const auto of = [&letters](Script script) { return letters[static_cast<size_t>(script)]; };
    const uint64_t plain = uint64_t{of(Script::lower)} + of(Script::upper);
    const uint64_t latin = plain + of(Script::accented) + of(Script::far);
    if (of(Script::far) > 0) {
        cost_ += accented_far.at(latin);
        ++far_words_;
    } else if (of(Script::accented) > 0) {
        cost_ += accented.at(latin);
        ++near_words_;
    } else if (of(Script::lower) == 0 && plain > 1) {
        cost_ += capitals.at(plain);
    } else if (plain > 0) {
        if_english_ += english.at(plain);
        if_near_ += near.at(plain);
        if_far_ += far.at(plain);
        if (is_one_of(word, english_words)) ++english_words_;
        if (is_one_of(word, near_words)) ++near_words_;
        if (is_one_of(word, far_words)) ++far_words_;
    }
    cost_ += greek.at(of(Script::greek)) + cyrillic.at(of(Script::cyrillic)) +
             semitic.at(of(Script::semitic)) + indic.at(of(Script::indic)) +
             thai.at(of(Script::thai)) + hangul.at(of(Script::hangul)) + rare.at(of(Script::rare));
    // Japanese words go on from one script to the other.
    const uint32_t characters = of(Script::kana) + of(Script::han);
    cost_ += of(Script::kana) > 0 ? kana.at(characters) : han.at(characters);
}

// One character that is no letter, then letters: capitals, then others; a capital behind a small letter
// begins the next word.
void Estimate::take_word() {
    const Character joint = peek(at_);
    if (!is_letter(joint.script)) {
        cost_ += joint_cost(joint);
        at_ += joint.size;
    }
    const size_t begin = at_;
    uint32_t letters[scripts_of_letters] = {};
    bool has_small = false;
    for (;;) {
        const Character one = peek(at_);
        if (one.size == 0 || !is_letter(one.script)) break;
        if (one.script == Script::upper && has_small) break;
        has_small = has_small || one.script != Script::upper;
        uint32_t& count = letters[static_cast<size_t>(one.script)];
        count += count < UINT32_MAX ? 1 : 0;
        at_ += one.size;
    }
    count_word(letters, text(text_.data + begin, at_ - begin));
    // don't, it's: one piece.
    if (peek(at_).code == '\'' && peek(at_ + 1).script == Script::lower && has_small) {
        const bool is_short = !is_letter(peek(at_ + 2).script);
        const uint32_t first = peek(at_ + 1).code;
        if (is_short && (first == 's' || first == 't' || first == 'm' || first == 'd')) at_ += 2;
    }
}

void Estimate::take_digits() {
    for (int i = 0; i < 3 && peek(at_).script == Script::digit; ++i) at_ += peek(at_).size;
    cost_ += whole;
}

// Signs with the blank before and the line ends behind. Many of the same are one token.
void Estimate::take_signs() {
    if (peek(at_).script == Script::blank) at_ += peek(at_).size;
    uint64_t plain = 0;
    uint32_t before = 0;
    uint64_t same = 0;
    for (;;) {
        const Character one = peek(at_);
        if (one.size == 0 || !is_sign(one.script)) break;
        same = one.code == before ? same + 1 : 0;
        before = one.code;
        if (one.script == Script::sign) {
            plain += same < 3 ? 1 : 0;
        } else {
            cost_ += same < 3 ? (one.script == Script::picture ? picture_cost : mark_cost) : 0;
        }
        at_ += one.size;
    }
    cost_ += signs.at(plain);
    while (peek(at_).size > 0 && peek(at_).script == Script::line_end) at_ += peek(at_).size;
}

// Blanks up to the last line end of the run are a token, what is behind it another one, but the last
// blank belongs to the word or the signs that follow.
void Estimate::take_blanks() {
    size_t end = at_;
    size_t line = at_;  // behind the last line end
    size_t last = at_;  // the last blank
    for (;;) {
        const Character one = peek(end);
        if (one.size == 0 || (one.script != Script::blank && one.script != Script::line_end)) break;
        last = end;
        end += one.size;
        if (one.script == Script::line_end) line = end;
    }
    cost_ += whole;
    if (line > at_) {
        at_ = line;
        return;
    }
    const bool ends_text = end == text_.size;
    at_ = ends_text || last == at_ ? end : last;
}

// A text of one language after the other lies between what each alone would cost.
uint64_t Estimate::latin_cost() const {
    const uint64_t told = english_words_ + near_words_ + far_words_;
    if (told == 0) return if_english_;
    const double near_share = static_cast<double>(near_words_) / static_cast<double>(told);
    const double far_share = static_cast<double>(far_words_) / static_cast<double>(told);
    const double english_cost = static_cast<double>(if_english_);
    return static_cast<uint64_t>(english_cost +
                                 near_share * (static_cast<double>(if_near_) - english_cost) +
                                 far_share * (static_cast<double>(if_far_) - english_cost));
}

uint64_t Estimate::run() {
    while (at_ < text_.size) {
        const Character one = peek(at_);
        const Script next =
            at_ + one.size < text_.size ? peek(at_ + one.size).script : Script::line_end;
        const bool is_blank = one.script == Script::blank;
        if (is_letter(one.script) || ((is_blank || is_sign(one.script)) && is_letter(next))) {
            take_word();
        } else if (one.script == Script::digit) {
            take_digits();
        } else if (is_sign(one.script) || (one.code == ' ' && is_sign(next))) {
            take_signs();
        } else {
            take_blanks();
        }
    }
    return (cost_ + latin_cost() + whole / 2) / whole;
}

uint64_t count_characters(Text t) {
    uint64_t characters = 0;
    for (size_t at = 0; at < t.size; ++characters) at += character_at(t, at).size;
    return characters;
}

}  // namespace

uint64_t estimate_by_scripts(Text t) {
    if (empty(t)) return 0;
    const uint64_t tokens = Estimate(t).run();
    return tokens > 0 ? tokens : 1;
}

uint64_t quarter_of(uint64_t characters) { return characters < 4 ? 1 : characters / 4; }

uint64_t estimate_by_quarters(Text t) { return quarter_of(count_characters(t)); }

}  // namespace leat
