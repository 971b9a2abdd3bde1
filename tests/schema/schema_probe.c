/* Reads pairs of lines, a schema and a document; writes for each pair a line: the status word, the
 * path and the rule, with tabs between. C99, as a user of the library would write it. */
#include <leat/schema.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES_MAX (1 << 20)

static char schema[LINE_BYTES_MAX];
static char document[LINE_BYTES_MAX];

static int read_line(char* line) {
    size_t size = 0;
    if (fgets(line, LINE_BYTES_MAX, stdin) == NULL) return 0;
    size = strlen(line);
    if (size > 0 && line[size - 1] == '\n') line[size - 1] = '\0';
    return 1;
}

static leat_str text(const char* line) {
    leat_str view;
    view.data = line;
    view.size = strlen(line);
    return view;
}

int main(void) {
    while (read_line(schema) && read_line(document)) {
        leat_schema_fault fault;
        const leat_status status = leat_schema_check(text(schema), text(document), &fault);
        printf("%s\t%s\t%.*s\t%s\n", leat_status_word(status), fault.path, (int)fault.rule.size,
               fault.rule.size > 0 ? fault.rule.data : "", fault.detail);
    }
    return 0;
}
