/* leat/tool.h: the tools that a model may call, and the form that its answer must have.
 *
 * Both are described once, provider by provider leat finds the wire form. A request points to
 * them; many requests may point to the same ones (a batch's defaults, for example). With LEAT_COPY
 * they are copied like every other text; otherwise they are borrowed until the result.
 */
#ifndef LEAT_TOOL_H
#define LEAT_TOOL_H

#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- tools */

typedef struct leat_tool {
    leat_str name;            /* letters, digits, "_" and "-", at most 64 bytes */
    leat_str description;     /* may be empty: then it is not sent */
    leat_str parameters_json; /* JSON schema of the arguments; empty: an object without members */
    uint8_t strict;           /* 1: the provider shall enforce the schema, where it can */
    uint8_t reserved[7];
} leat_tool;

typedef enum leat_tool_mode {
    LEAT_TOOLS_UNSET = 0,    /* nothing is sent; providers take it as AUTO */
    LEAT_TOOLS_AUTO = 1,
    LEAT_TOOLS_NONE = 2,     /* described, but not to be called */
    LEAT_TOOLS_REQUIRED = 3, /* at least one call */
    LEAT_TOOLS_NAMED = 4     /* the one that choice names */
} leat_tool_mode;

typedef struct leat_tools {
    const leat_tool *list;
    uint32_t count;        /* 0..128 */
    leat_tool_mode mode;
    leat_str choice;       /* for LEAT_TOOLS_NAMED */
    leat_switch parallel;  /* may the model ask for several calls in one turn? */
    uint32_t reserved;
} leat_tools;

/* ---------------------------------------------------------------- form of the answer */

typedef enum leat_format_kind {
    LEAT_FORMAT_TEXT = 0,
    LEAT_FORMAT_JSON = 1,        /* any JSON object ("JSON mode") */
    LEAT_FORMAT_JSON_SCHEMA = 2, /* JSON that satisfies schema_json */
    LEAT_FORMAT_CHOICE = 3       /* one of choices, and nothing else (P20) */
} leat_format_kind;

/* leat checks the answer's text against it, whatever the provider promised. JSON and JSON_SCHEMA:
 * a text that is not so ends its attempt with LEAT_E_SCHEMA, is asked for again at once while there
 * are attempts (B29), and stays on the result of the last one, with "PATH: RULE ..." (a JSON
 * pointer into the text, the schema's keyword) in error_message. CHOICE: leat_result.choice is the
 * choice that the text is, bare or as {"choice":"..."}, letter case aside; the text becomes that
 * choice; of a text that is none it stays -1, which is no failure (P20). Refusals, tool calls and
 * answers that the provider blocked are not checked, of several answers only the first.
 * A schema is what leat/schema.h says. One that leat cannot use fails its item with LEAT_E_CONFIG
 * before anything is sent. A check inside a step has narrower bounds: 64 schemas inside each other
 * (some 60 KiB of stack), 2^24 units of work; over them the item fails with LEAT_E_TOO_LARGE.
 * request.body_json and request.response_format_json replace the format, and the check with it. */
typedef struct leat_format {
    leat_format_kind kind;
    uint32_t choices_count;
    leat_str schema_json;  /* borrowed like every text of the request */
    leat_str name;         /* some providers want one; empty: "answer" */
    leat_str description;
    const leat_str *choices;
    uint8_t strict;        /* 1: ask the provider for its strict mode, where it has one */
    uint8_t unchecked;     /* 1: leat does not check the answer */
    uint8_t reserved[6];
} leat_format;

#ifdef __cplusplus
}
#endif
#endif
