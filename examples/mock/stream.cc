// Walking the steps. Choices take turns: a step is repeated for each before the next one comes.
// See stream.h.
#include "stream.h"

#include "format.h"
#include "json_text.h"

namespace mock {
namespace {

constexpr size_t kTextPieceBytes = 4;
constexpr size_t kTextPieceCount = 4096;  // longer texts come in larger pieces
constexpr size_t kArgumentPieceBytes = 12;

// A piece of a text, at least a byte, never half a character.
std::string_view piece_of(std::string_view text, size_t at, size_t bytes_max) {
    return utf8_prefix(text.substr(at), bytes_max);
}

size_t text_piece_bytes(const Turn& turn) {
    const size_t bytes = turn.text.size() / kTextPieceCount;
    return bytes < kTextPieceBytes ? kTextPieceBytes : bytes;
}

Step first_block(const Context& context) {
    return context.turn->call_count != 0 ? Step::CallBegin : Step::TextBegin;
}

bool text_left(const Context& context, const Stream& stream) {
    if (context.turn->fixed) return stream.at < context.turn->text.size();
    return stream.token < stream.token_count;
}

bool piece_left(const Context& context, const Stream& stream) {
    if (stream.step == Step::CallPiece)
        return stream.at < context.turn->calls[stream.call].arguments.size();
    return stream.step == Step::Thought ? stream.token < kThoughtTokens
                                        : text_left(context, stream);
}

void skip_piece(const Context& context, Stream& stream) {
    ++stream.token;
    if (stream.step == Step::CallPiece) {
        const std::string_view arguments = context.turn->calls[stream.call].arguments;
        stream.at += piece_of(arguments, stream.at, kArgumentPieceBytes).size();
    } else if (stream.step == Step::Text && context.turn->fixed) {
        stream.at +=
            piece_of(context.turn->text, stream.at, text_piece_bytes(*context.turn)).size();
    }
}

Step step_after(const Context& context, Stream& stream) {
    switch (stream.step) {
        case Step::Begin:
            return context.request->think ? Step::ThoughtBegin : first_block(context);
        case Step::ThoughtBegin:
            return Step::Thought;
        case Step::Thought:
            return Step::ThoughtEnd;
        case Step::ThoughtEnd:
            return first_block(context);
        case Step::TextBegin:
            return Step::Text;
        case Step::Text:
            return Step::TextEnd;
        case Step::TextEnd:
            return Step::Finish;
        case Step::CallBegin:
            return Step::CallPiece;
        case Step::CallPiece:
            return Step::CallEnd;
        case Step::CallEnd:
            return ++stream.call < context.turn->call_count ? Step::CallBegin : Step::Finish;
        case Step::Finish:
            return Step::Usage;
        case Step::Usage:
            return Step::Done;
        case Step::Done:
        case Step::End:
            break;
    }
    return Step::End;
}

bool in_pieces(Step step) {
    return step == Step::Thought || step == Step::Text || step == Step::CallPiece;
}

// True at the end of a round of pieces.
bool advance(const Context& context, Stream& stream) {
    const bool once = stream.step == Step::Usage || stream.step == Step::Done;
    if (!once && ++stream.choice < context.request->choice_count) return false;
    stream.choice = 0;
    const bool paced = in_pieces(stream.step);
    if (paced) skip_piece(context, stream);
    if (paced && piece_left(context, stream)) return true;
    stream.step = step_after(context, stream);
    if (in_pieces(stream.step)) {
        stream.token = 0;
        stream.at = 0;
        if (!piece_left(context, stream)) stream.step = step_after(context, stream);
    }
    return paced;
}

}  // namespace

void stream_begin(Stream& stream, const Context& context) {
    stream = Stream{};
    for (uint32_t choice = 0; choice < context.request->choice_count; ++choice) {
        const uint32_t tokens = text_tokens(context, choice);
        if (tokens > stream.token_count) stream.token_count = tokens;
    }
}

void append_piece(Buffer& out, const Context& context, const Stream& stream) {
    if (stream.step == Step::Thought) {
        append_thought_word(out, context, stream.token);
    } else if (stream.step == Step::CallPiece) {
        const std::string_view arguments = context.turn->calls[stream.call].arguments;
        append_json_escaped(out, piece_of(arguments, stream.at, kArgumentPieceBytes));
    } else if (context.turn->fixed) {
        append_json_escaped(
            out, piece_of(context.turn->text, stream.at, text_piece_bytes(*context.turn)));
    } else {
        append_word(out, context, stream.choice, stream.token);
    }
}

bool is_last_piece(const Context& context, const Stream& stream) {
    const Turn& turn = *context.turn;
    if (stream.step == Step::CallBegin) return stream.call + 1 == turn.call_count;
    if (stream.step != Step::Text) return false;
    if (!turn.fixed) return stream.token + 1 >= text_tokens(context, stream.choice);
    return stream.at + piece_of(turn.text, stream.at, text_piece_bytes(turn)).size() ==
           turn.text.size();
}

bool append_stream_event(Buffer& out, const Context& context, Stream& stream) {
    const bool over = stream.step == Step::Text && !context.turn->fixed &&
                      stream.token >= text_tokens(context, stream.choice);
    if (!over) format_of(context.request->kind).append_event(out, context, stream);
    return advance(context, stream);
}

void append_framed(Buffer& out, std::string_view bytes, bool framed) {
    if (bytes.empty()) return;  // an empty chunk would end the body
    if (!framed) return out.append(bytes);
    out.append_hex(bytes.size());
    out.append("\r\n");
    out.append(bytes);
    out.append("\r\n");
}

}  // namespace mock
