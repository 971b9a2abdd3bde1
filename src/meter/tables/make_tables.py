#!/usr/bin/env python3
"""Turns CSV files of prices, models' sizes and electricity mixes into src/meter/*_table.cc:

    make_tables.py prices PRICES.csv MARITACA.csv >price_table.cc
    make_tables.py energy MODELS.csv              >energy_table.cc
    make_tables.py mix MIX.csv                    >mix_table.cc

Rows are sorted by provider and model (ASCII case ignored). Rows that say the same share one shape, so
a model costs its name and a byte. When the data change, change SOURCES with them.
"""
import csv
import sys
from decimal import Decimal

COLUMNS_MAX = 98
SOURCES = {
    "prices": (
        "BerriAI/litellm model_prices_and_context_window.json (MIT), as copied by"
        " Prajwalsrinvas/token-tariff (MIT) at dc2baf9d80f97138860483855433ff2936886b20 of 2026-08-06",
        "maritaca-ai/maritalk-api (MIT), documentation/docs/en/precos.md and models.md at 4e58d0b of"
        " 2026-07-17"),
    "energy": (
        "genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/models.json and its provider table at"
        " 2d0a1c76358a1aad0c530d47794e37465ad029e8 of 2025-11-13",),
    "mix": (
        "genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/electricity_mixes.csv at"
        " 2d0a1c76358a1aad0c530d47794e37465ad029e8 of 2025-11-13 (from Our World in Data, ADEME Base"
        " Empreinte, WRI)",),
}
MPL = """//
// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of
// the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
"""
# What a provider's own batch API takes, in percent of the other prices.
BATCH_PERCENT = {"openai": 50, "anthropic": 50, "gemini": 50, "mistral": 50, "maritaca": 50}
PRICE_FIELDS = ("input", "output", "cached_input", "cache_write", "cache_write_1h", "batch_input",
                "batch_output", "reasoning", "tier_input", "tier_output", "tier_cached_input")
PRICE_COLUMNS = ("input_cost_per_token", "output_cost_per_token", "cache_read_cost",
                 "cache_creation_cost", "cache_creation_1h_cost", "batch_input_cost",
                 "batch_output_cost", "reasoning_output_cost", "tier_input_cost",
                 "tier_output_cost", "tier_cache_read_cost")
WARNINGS = {"": 0, "model-arch-not-released": 1, "model-arch-multimodal": 2,
            "model-arch-not-released|model-arch-multimodal": 3}


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wrapped(indent, words):
    """Words behind each other, as many as fit a line."""
    line = indent
    for word in words:
        if len(line) + 1 + len(word) > COLUMNS_MAX and line.strip():
            yield line.rstrip()
            line = indent
        line += word + " "
    if line.strip():
        yield line.rstrip()


def comment(text):
    return "\n".join(wrapped("// ", text.split()))


def literal(text):
    """A string literal in pieces that fit a line."""
    room = COLUMNS_MAX - 8
    pieces = [text[i:i + room] for i in range(0, len(text), room)]
    return "\n".join(f'    "{piece}"' for piece in pieces)


def head(name, what, kind, includes):
    print(f"// meter/{name}_table.cc: {what}")
    print("// Written by meter/tables/make_tables.py; do not edit. Depends on its header.")
    print("// The facts are from:")
    for source in SOURCES[kind]:
        print(comment(source + "."))
    if kind != "prices":
        print(MPL, end="")
    for include in includes:
        print(f'#include "{include}"')
    print("\n// clang-format off\nnamespace leat {\n")


def tail(kind, function):
    print(f"const char* {function}() {{\n    return\n{literal('; '.join(SOURCES[kind]))};\n}}\n")
    print("}  // namespace leat\n// clang-format on")


def print_names(groups):
    """The names of each group's models behind each other, each with its NUL."""
    print("constexpr char names[] =")
    for provider, models in groups:
        print(f"    // {provider}")
        line = ""
        for model, _ in models:
            if len(line) + len(model) + 2 > COLUMNS_MAX - 8:
                print(f'    "{line}"')
                line = ""
            line += model + "\\0"
        print(f'    "{line}"')
    print("    ;\n")


def print_shape_numbers(groups):
    print("// For each name, which shape is its own.\nconstexpr uint8_t shape_of[] = {")
    for provider, models in groups:
        print(f"    // {provider}")
        print("\n".join(wrapped("    ", [f"{shape}," for _, shape in models])))
    print("};\n")


def grouped(rows):
    """[(provider, [(model, shape)...])...] and the shapes, each with the first model that has it."""
    rows = sorted(rows, key=lambda row: (row[0], row[1].lower()))
    groups, shapes = [], {}
    for provider, model, shape in rows:
        assert model.isascii() and '"' not in model and "\\" not in model, model
        if not groups or groups[-1][0] != provider:
            groups.append((provider, []))
        assert all(model.lower() != other.lower() for other, _ in groups[-1][1]), model
        number, _ = shapes.setdefault(shape, (len(shapes), f"{provider} {model}"))
        groups[-1][1].append((model, number))
    assert len(shapes) <= 256
    return groups, [(shape, first) for shape, (_, first) in shapes.items()]


def group_bounds(groups):
    """(provider, first byte of its names, first row, rows)"""
    at = row = 0
    for provider, models in groups:
        yield provider, at, row, len(models)
        at += sum(len(model) + 1 for model, _ in models)
        row += len(models)
    assert at < 65536


def per_token(text):
    """Millionths of a millionth of the currency a token; no when the cell is empty."""
    if text == "":
        return "no"
    value = Decimal(text) * 10**12
    assert value == int(value) and 0 <= value < 2**32 - 1, text
    return int(value)


def read_prices(usd_path, brl_path):
    for row in rows_of(usd_path):
        # A write at 0 beside an input that costs means that writing adds nothing, not that it is free.
        if row["cache_creation_cost"] == "0" and row["input_cost_per_token"] != "0":
            row["cache_creation_cost"] = ""
        shape = tuple(per_token(row[column]) for column in PRICE_COLUMNS)
        yield row["provider"], row["model"], shape + (int(row["tier_threshold_tokens"] or 0),)
    for row in rows_of(brl_path):
        def price(column, row=row):
            return per_token(str(Decimal(row[column + "_per_mtok"]) / 10**6))
        yield row["provider"], row["model"], (
            price("input"), price("output"), price("cache_read"), "no", "no",
            price("batch_input"), price("batch_output"), "no", "no", "no", "no", 0)


# Which of the sources a provider's prices are from.
def price_source_of(provider):
    return 1 if provider == "maritaca" else 0


def prices(usd_path, brl_path):
    groups, shapes = grouped(read_prices(usd_path, brl_path))
    head("price", "what models cost, by provider and model.", "prices", ["meter/price_table.h"])
    print("namespace {\n\nconstexpr uint32_t no = PriceShape::none;\n")
    print("// " + ", ".join(PRICE_FIELDS[:8]) + ",\n// " + ", ".join(PRICE_FIELDS[8:]) +
          ", tier_tokens.\n"
          "// With each row the first model that has it.")
    print("constexpr PriceShape shapes[] = {")
    for shape, first in shapes:
        values = "    {" + ", ".join(str(value) for value in shape) + "},"
        lines = [values, f"// {first}"]
        if len(" ".join(lines)) <= COLUMNS_MAX:
            lines = [" ".join(lines)]
        print("\n    ".join(lines))
    print("};\n")
    print_names(groups)
    print_shape_numbers(groups)
    print("// provider, currency, percent of its batch API, source, first byte in names, first row, rows\n"
          "constexpr PriceGroup groups[] = {")
    for provider, at, row, count in group_bounds(groups):
        currency = "BRL" if provider == "maritaca" else "USD"
        batch = BATCH_PERCENT.get(provider, 0)
        print(f'    {{"{provider}", "{currency}", {batch}, {price_source_of(provider)}, '
              f'{at}, {row}, {count}}},')
    print("};\n\nconstexpr const char* sources[] = {")
    print(",\n".join(literal(source) for source in SOURCES["prices"]))
    print("};\n\n}  // namespace\n")
    print("PriceTable price_table() {\n    return PriceTable{groups, sizeof groups / sizeof groups[0],"
          " names, shape_of, shapes};\n}\n")
    print("const char* price_source(const PriceGroup& group) { return sources[group.source]; }\n")
    tail("prices", "price_table_source")


def energy(path):
    rows = rows_of(path)
    cells = ("active_params_min", "active_params_max", "total_params_min", "total_params_max")
    groups, shapes = grouped([
        (row["provider"], row["model"],
         tuple(repr(float(row[cell])) for cell in cells) + (WARNINGS[row["warnings"]],))
        for row in rows])
    head("energy", "how large models are, and where their providers compute.", "energy",
         ["meter/energy_table.h"])
    print("namespace {\n")
    print("// active and total parameters in billions, each least and most; warnings")
    print("constexpr EnergyShape shapes[] = {")
    print("\n".join(wrapped("    ", ["{" + ", ".join(map(str, shape)) + "}," for shape, _ in shapes])))
    print("};\n")
    print_names(groups)
    print_shape_numbers(groups)
    print("// provider, country, PUE and litres a kWh (least, most), first byte in names, first row, rows")
    print("constexpr EnergyGroup groups[] = {")
    for provider, at, row, count in group_bounds(groups):
        site = next(one for one in rows if one["provider"] == provider)
        numbers = ", ".join(repr(float(site[cell]))
                            for cell in ("pue_min", "pue_max", "wue_min", "wue_max"))
        print(f'    {{"{provider}", "{site["datacenter_location"]}", {numbers}, {at}, {row}, {count}}},')
    print("};\n\n}  // namespace\n")
    print("EnergyTable energy_table() {\n    return EnergyTable{groups, sizeof groups /"
          " sizeof groups[0], names, shape_of, shapes};\n}\n")
    tail("energy", "energy_table_source")


def mix(path):
    head("mix", "what a kilowatt-hour costs the world, by country.", "mix", ["meter/energy_table.h"])
    print("namespace {\n")
    print("// zone (ISO 3166 alpha-3, or WOR: the world); kgSbeq, MJ, kgCO2eq and litres a kWh")
    print("constexpr MixRow rows[] = {")
    for row in sorted(rows_of(path), key=lambda row: row["name"]):
        numbers = ", ".join(repr(float(row[cell])) for cell in ("adpe", "pe", "gwp", "wue"))
        print(f'    {{"{row["name"]}", {numbers}}},')
    print("};\n\n}  // namespace\n")
    print("MixTable mix_table() {\n    return MixTable{rows, sizeof rows / sizeof rows[0]};\n}\n")
    tail("mix", "mix_table_source")


if __name__ == "__main__":
    {"prices": prices, "energy": energy, "mix": mix}[sys.argv[1]](*sys.argv[2:])
