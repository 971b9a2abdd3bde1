/* leat/schema.h: does a model's reply satisfy a JSON schema, and if not, where and why not.
 *
 * Keywords mean what JSON Schema 2020-12 says, numbers are compared as exact decimals. Checked are:
 *   type enum const $ref (# and JSON pointers into the same schema) allOf anyOf oneOf not if then else
 *   minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
 *   items prefixItems contains minContains maxContains minItems maxItems uniqueItems
 *   properties patternProperties additionalProperties propertyNames required minProperties
 *   maxProperties dependentRequired dependentSchemas
 * and of older dialects: items as a list with additionalItems, exclusiveMinimum as a boolean,
 * dependencies, nullable (then null satisfies the schema, whatever else it says), upper-case type
 * names, counts written as strings. Unknown keywords, format and other annotations are ignored; $id
 * does not change what # is. unevaluatedProperties, unevaluatedItems, $dynamicRef and $recursiveRef,
 * references to other documents or anchors, and patterns with look-around, back-references or \p
 * cannot be checked and are refused. A pattern is unanchored and runs in linear time.
 *
 * Nothing is allocated and nothing is kept: schema and document are read where they lie. An object
 * of the document that repeats a name: each of its values is checked, the last one is compared.
 * Bounds: 64 levels of nesting in either text, LEAT_SCHEMA_DEPTH_MAX schemas inside each other on the
 * way to a value (about 120 KiB of stack), LEAT_SCHEMA_WORK_MAX units of work (about one for a byte
 * looked at).
 */
#ifndef LEAT_SCHEMA_H
#define LEAT_SCHEMA_H

#include <leat/status.h>
#include <leat/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEAT_SCHEMA_DEPTH_MAX 128
#define LEAT_SCHEMA_WORK_MAX 268435456 /* some tenths of a second */

/* What did not fit, for a person or for the model's next try. All text ends in NUL. */
typedef struct leat_schema_fault {
    leat_str rule;        /* the keyword, "required" for example; static, empty if there is none */
    uint32_t path_size;   /* bytes, without the NUL */
    uint32_t detail_size; /* the same */
    uint8_t path_cut;     /* the path was longer than that */
    uint8_t reserved[7];
    char path[256];   /* JSON pointer: for LEAT_E_SCHEMA into the document, for _CONFIG the schema */
    char detail[128]; /* one line; may quote the schema and the document */
} leat_schema_fault;

/* Checks document against schema. fault may be NULL; else it is cleared, and filled in for the three
 * errors below that have a place. When no branch of an anyOf or oneOf fits and one of them fits in
 * part, the fault is that branch's. LEAT_OK; LEAT_E_SCHEMA; LEAT_E_JSON: the document is no JSON;
 * LEAT_E_CONFIG: the schema is no JSON, is broken, or needs what is not supported; LEAT_E_TOO_LARGE:
 * over a bound (so ends a schema that refers to itself without going down in the document);
 * LEAT_E_ARGUMENT: a text is NULL and not empty. */
LEAT_API leat_status leat_schema_check(leat_str schema, leat_str document,
                                       leat_schema_fault *fault) LEAT_CHECKED;

/* Whether the schema can be used at all, for a program's start. LEAT_OK, LEAT_E_CONFIG,
 * LEAT_E_TOO_LARGE or LEAT_E_ARGUMENT. Not seen here are faults in places that only an unusual $ref
 * leads to. */
LEAT_API leat_status leat_schema_validate(leat_str schema, leat_schema_fault *fault) LEAT_CHECKED;

#ifdef __cplusplus
}
#endif
#endif
