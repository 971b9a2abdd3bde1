// A streamed answer as a row of steps, the same for every format: thoughts, then text or calls,
// then the end. A format turns each step into the events it knows, or into nothing.
//
// Invariant: a stream can stop after any event and go on later; between two events its whole state
// is this struct.
#pragma once

#include "turn.h"

namespace mock {

enum class Step : uint8_t {
    Begin,
    ThoughtBegin,
    Thought,  // a piece
    ThoughtEnd,
    TextBegin,
    Text,  // a piece
    TextEnd,
    CallBegin,
    CallPiece,  // of the arguments
    CallEnd,
    Finish,
    Usage,
    Done,
    End,  // nothing is left
};

struct Stream {
    Step step = Step::Begin;
    uint32_t choice = 0;
    uint32_t token = 0;        // index of the piece
    uint32_t token_count = 0;  // of the longest choice
    uint32_t call = 0;
    size_t at = 0;          // bytes of a given text or of arguments that were said
    uint64_t sequence = 0;  // events so far, for formats that number them
};

void stream_begin(Stream& stream, const Context& context);
// The piece of the step, as inside a JSON string.
void append_piece(Buffer& out, const Context& context, const Stream& stream);
// Nothing of this choice comes after the step's piece or call.
bool is_last_piece(const Context& context, const Stream& stream);

// Appends what the format makes of the next step. True when a round of pieces has ended, which is
// when a model takes its time.
bool append_stream_event(Buffer& out, const Context& context, Stream& stream);

// As one HTTP chunk, or as it is.
void append_framed(Buffer& out, std::string_view bytes, bool framed);

}  // namespace mock
