// cli/record.h: one finished item as one line of output.
// jsonl: OpenAI's batch form with the object "leat" beside it, members always in the same order,
// what is not known null. compact: id, status and text with tabs between. text: for reading.
// Invariant: a record is whole, valid UTF-8, and holds no line end but its last byte (save text).
#pragma once

#include <leat/batch.h>

#include "cli/item.h"
#include "cli/mapped_block.h"
#include "cli/options.h"
#include "cli/record_leat.h"
#include "cli/service.h"

namespace cli {

// Control bytes of an answer could steer a terminal; line ends and tabs are no harm.
inline bool is_control(char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

// Bytes that the largest record may take when an item has item_bytes.
size_t record_bytes_max(size_t item_bytes);

class RecordWriter {
public:
    RecordWriter() = default;
    RecordWriter(const RecordWriter&) = delete;
    RecordWriter& operator=(const RecordWriter&) = delete;

    bool open(Format format, size_t item_bytes);
    // Records say who of them answered, when there are several. Borrowed.
    void name_services(const Service* service) { service_ = service; }
    // Each returns the size of the record in out, 0 when capacity is too small.
    size_t result(const leat_result& result, const RunFacts& run, char* out, size_t capacity);
    // A line that never became an item. index as in a result; line from 1.
    size_t fault(leat_str id, leat_str metadata, uint64_t index, uint64_t line,
                 const Fault& fault, char* out, size_t capacity);

private:
    leat_str clean(leat_str text);
    leat_str one_line(leat_str json);
    size_t json_result(const leat_result& result, const RunFacts& run, char* out, size_t capacity);
    size_t people_result(const leat_result& result, char* out, size_t capacity);

    const char* who(const leat_result& result) const;

    Format format_ = Format::jsonl;
    const Service* service_ = nullptr;
    MappedBlock scratch_;
};

}  // namespace cli
