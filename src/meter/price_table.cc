// meter/price_table.cc: what models cost, by provider and model.
// Written by meter/tables/make_tables.py; do not edit. Depends on its header.
// The facts are from:
// BerriAI/litellm model_prices_and_context_window.json (MIT), as copied by
// Prajwalsrinvas/token-tariff (MIT) at dc2baf9d80f97138860483855433ff2936886b20 of 2026-08-06.
// maritaca-ai/maritalk-api (MIT), documentation/docs/en/precos.md and models.md at 4e58d0b of
// 2026-07-17.
#include "meter/price_table.h"

// clang-format off
namespace leat {

namespace {

constexpr uint32_t no = PriceShape::none;

// input, output, cached_input, cache_write, cache_write_1h, batch_input, batch_output, reasoning,
// tier_input, tier_output, tier_cached_input, tier_tokens.
// With each row the first model that has it.
constexpr PriceShape shapes[] = {
    {3000000, 15000000, 300000, 3750000, 6000000, no, no, no, no, no, no, 0},
    // anthropic claude-3-7-sonnet-20250219
    {250000, 1250000, 30000, 300000, 6000000, no, no, no, no, no, no, 0},
    // anthropic claude-3-haiku-20240307
    {15000000, 75000000, 1500000, 18750000, 6000000, no, no, no, no, no, no, 0},
    // anthropic claude-3-opus-20240229
    {15000000, 75000000, 1500000, 18750000, no, no, no, no, no, no, no, 0},
    // anthropic claude-4-opus-20250514
    {3000000, 15000000, 300000, 3750000, no, no, no, no, 6000000, 22500000, 600000, 200000},
    // anthropic claude-4-sonnet-20250514
    {10000000, 50000000, 1000000, 12500000, 20000000, no, no, no, no, no, no, 0},
    // anthropic claude-fable-5
    {1000000, 5000000, 100000, 1250000, 2000000, no, no, no, no, no, no, 0},
    // anthropic claude-haiku-4-5
    {15000000, 75000000, 1500000, 18750000, 30000000, no, no, no, no, no, no, 0},
    // anthropic claude-opus-4-1
    {5000000, 25000000, 500000, 6250000, 10000000, no, no, no, no, no, no, 0},
    // anthropic claude-opus-4-5
    {3000000, 15000000, 300000, 3750000, 6000000, no, no, no, 6000000, 22500000, 600000, 200000},
    // anthropic claude-sonnet-4-20250514
    {2000000, 10000000, 200000, 2500000, 4000000, no, no, no, no, no, no, 0},
    // anthropic claude-sonnet-5
    {2500000, 10000000, no, no, no, no, no, no, no, no, no, 0}, // cohere command-a-03-2025
    {300000, 600000, no, no, no, no, no, no, no, no, no, 0}, // cohere command-light
    {150000, 600000, no, no, no, no, no, no, no, no, no, 0}, // cohere command-r
    {37500, 150000, no, no, no, no, no, no, no, no, no, 0}, // cohere command-r7b-12-2024
    {280000, 420000, 28000, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-chat
    {140000, 280000, 14000, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-coder
    {550000, 2190000, 140000, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-r1
    {270000, 1100000, 70000, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-v3
    {280000, 400000, 28000, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-v3.2
    {140000, 280000, 2800, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-v4-flash
    {435000, 870000, 3625, no, no, no, no, no, no, no, no, 0}, // deepseek deepseek-v4-pro
    {100000, 400000, 25000, no, no, no, no, no, no, no, no, 0}, // gemini gemini-2.0-flash
    {75000, 300000, 18750, no, no, no, no, no, no, no, no, 0}, // gemini gemini-2.0-flash-lite
    {1250000, 10000000, no, no, no, no, no, no, 2500000, 15000000, no, 200000},
    // gemini gemini-2.5-computer-use-preview-10-2025
    {300000, 2500000, 30000, no, no, no, no, 2500000, no, no, no, 0}, // gemini gemini-2.5-flash
    {100000, 400000, 10000, no, no, no, no, 400000, no, no, no, 0},
    // gemini gemini-2.5-flash-lite
    {100000, 400000, 25000, no, no, no, no, 400000, no, no, no, 0},
    // gemini gemini-2.5-flash-lite-preview-06-17
    {300000, 2500000, no, no, no, no, no, no, no, no, no, 0},
    // gemini gemini-2.5-flash-native-audio-latest
    {300000, 2500000, 75000, no, no, no, no, 2500000, no, no, no, 0},
    // gemini gemini-2.5-flash-preview-09-2025
    {1250000, 10000000, 125000, no, no, no, no, no, 2500000, 15000000, 250000, 200000},
    // gemini gemini-2.5-pro
    {500000, 3000000, 50000, no, no, no, no, 3000000, no, no, no, 0},
    // gemini gemini-3-flash-preview
    {2000000, 12000000, 200000, no, no, 1000000, 6000000, no, 4000000, 18000000, 400000, 200000},
    // gemini gemini-3-pro-preview
    {250000, 1500000, 25000, no, no, 125000, 750000, 1500000, no, no, no, 0},
    // gemini gemini-3.1-flash-lite
    {250000, 1500000, 25000, no, no, no, no, 1500000, no, no, no, 0},
    // gemini gemini-3.1-flash-lite-preview
    {750000, 4500000, no, no, no, no, no, no, no, no, no, 0},
    // gemini gemini-3.1-flash-live-preview
    {1500000, 9000000, 150000, no, no, no, no, 9000000, no, no, no, 0}, // gemini gemini-3.5-flash
    {300000, 2500000, 30000, no, no, 150000, 1250000, 2500000, no, no, no, 0},
    // gemini gemini-3.5-flash-lite
    {1500000, 7500000, 150000, no, no, 750000, 3750000, 7500000, no, no, no, 0},
    // gemini gemini-3.6-flash
    {0, 0, no, no, no, no, no, no, 0, 0, no, 128000}, // gemini gemini-exp-1114
    {350000, 1050000, no, no, no, no, no, no, no, no, no, 0}, // gemini gemini-gemma-2-27b-it
    {1500000, 9000000, no, no, no, no, no, 9000000, no, no, no, 0},
    // gemini gemini-omni-flash-preview
    {300000, 2500000, 0, no, no, no, no, 2500000, no, no, no, 0},
    // gemini gemini-robotics-er-1.5-preview
    {0, 0, no, no, no, no, no, no, no, no, no, 0}, // gemini lyria-3-clip-preview
    {50000, 80000, no, no, no, no, no, no, no, no, no, 0}, // groq gemma-7b-it
    {590000, 790000, no, no, no, no, no, no, no, no, no, 0}, // groq llama-3.3-70b-versatile
    {200000, 600000, no, no, no, no, no, no, no, no, no, 0},
    // groq meta-llama/llama-4-maverick-17b-128e-instruct
    {110000, 340000, no, no, no, no, no, no, no, no, no, 0},
    // groq meta-llama/llama-4-scout-17b-16e-instruct
    {200000, 200000, no, no, no, no, no, no, no, no, no, 0}, // groq meta-llama/llama-guard-4-12b
    {1000000, 3000000, 500000, no, no, no, no, no, no, no, no, 0},
    // groq moonshotai/kimi-k2-instruct-0905
    {150000, 600000, 75000, no, no, no, no, no, no, no, no, 0}, // groq openai/gpt-oss-120b
    {75000, 300000, 37500, no, no, no, no, no, no, no, no, 0}, // groq openai/gpt-oss-20b
    {75000, 300000, 37000, no, no, no, no, no, no, no, no, 0},
    // groq openai/gpt-oss-safeguard-20b
    {290000, 590000, no, no, no, no, no, no, no, no, no, 0}, // groq qwen/qwen3-32b
    {5000000, 20000000, 1250000, no, no, 2500000, 10000000, no, no, no, no, 0},
    // maritaca sabia-4
    {6500000, 26000000, 1630000, no, no, 3250000, 13000000, no, no, no, no, 0},
    // maritaca sabia-4-br-sp
    {5000000, 40000000, 1250000, no, no, 2500000, 20000000, no, no, no, no, 0},
    // maritaca sabia-4-thinking
    {6500000, 52000000, 1630000, no, no, 3250000, 26000000, no, no, no, no, 0},
    // maritaca sabia-4-thinking-br-sp
    {1000000, 4000000, 250000, no, no, 500000, 2000000, no, no, no, no, 0},
    // maritaca sabiazinho-4
    {1300000, 5200000, 330000, no, no, 650000, 2600000, no, no, no, no, 0},
    // maritaca sabiazinho-4-br-sp
    {1000000, 3000000, no, no, no, no, no, no, no, no, no, 0}, // mistral codestral-2405
    {300000, 900000, no, no, no, no, no, no, no, no, no, 0}, // mistral codestral-2508
    {250000, 250000, no, no, no, no, no, no, no, no, no, 0}, // mistral codestral-mamba-latest
    {400000, 2000000, no, no, no, no, no, no, no, no, no, 0}, // mistral devstral-2512
    {100000, 300000, no, no, no, no, no, no, no, no, no, 0}, // mistral devstral-small-2505
    {2000000, 5000000, no, no, no, no, no, no, no, no, no, 0},
    // mistral magistral-medium-1-2-2509
    {500000, 1500000, no, no, no, no, no, no, no, no, no, 0}, // mistral magistral-small-1-2-2509
    {100000, 100000, no, no, no, no, no, no, no, no, no, 0}, // mistral ministral-3-3b-2512
    {150000, 150000, no, no, no, no, no, no, no, no, no, 0}, // mistral ministral-3-8b-2512
    {4000000, 12000000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-large-2402
    {3000000, 9000000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-large-2407
    {2000000, 6000000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-large-2411
    {2700000, 8100000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-medium
    {1500000, 7500000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-medium-2604
    {60000, 180000, no, no, no, no, no, no, no, no, no, 0}, // mistral mistral-small-3-2-2506
    {300000, 300000, no, no, no, no, no, no, no, no, no, 0}, // mistral open-mistral-nemo
    {700000, 700000, no, no, no, no, no, no, no, no, no, 0}, // mistral open-mixtral-8x7b
    {5000000, 15000000, no, no, no, no, no, no, no, no, no, 0}, // openai chatgpt-4o-latest
    {1500000, 6000000, 375000, no, no, no, no, no, no, no, no, 0}, // openai codex-mini-latest
    {3000000, 6000000, no, no, no, 1500000, 3000000, no, no, no, no, 0},
    // openai ft:gpt-3.5-turbo
    {3000000, 6000000, no, no, no, no, no, no, no, no, no, 0}, // openai ft:gpt-3.5-turbo-0125
    {30000000, 60000000, no, no, no, no, no, no, no, no, no, 0}, // openai ft:gpt-4-0613
    {3000000, 12000000, 750000, no, no, 1500000, 6000000, no, no, no, no, 0},
    // openai ft:gpt-4.1-2025-04-14
    {800000, 3200000, 200000, no, no, 400000, 1600000, no, no, no, no, 0},
    // openai ft:gpt-4.1-mini-2025-04-14
    {200000, 800000, 50000, no, no, 100000, 400000, no, no, no, no, 0},
    // openai ft:gpt-4.1-nano-2025-04-14
    {3750000, 15000000, 1875000, no, no, 1875000, 7500000, no, no, no, no, 0},
    // openai ft:gpt-4o-2024-08-06
    {3750000, 15000000, no, 1875000, no, no, no, no, no, no, no, 0},
    // openai ft:gpt-4o-2024-11-20
    {300000, 1200000, 150000, no, no, 150000, 600000, no, no, no, no, 0},
    // openai ft:gpt-4o-mini-2024-07-18
    {4000000, 16000000, 1000000, no, no, 2000000, 8000000, no, no, no, no, 0},
    // openai ft:o4-mini-2025-04-16
    {1000000, 2000000, no, no, no, no, no, no, no, no, no, 0}, // openai gpt-3.5-turbo-1106
    {3000000, 4000000, no, no, no, no, no, no, no, no, no, 0}, // openai gpt-3.5-turbo-16k
    {10000000, 30000000, no, no, no, no, no, no, no, no, no, 0}, // openai gpt-4-0125-preview
    {2000000, 8000000, 500000, no, no, 1000000, 4000000, no, no, no, no, 0}, // openai gpt-4.1
    {400000, 1600000, 100000, no, no, 200000, 800000, no, no, no, no, 0}, // openai gpt-4.1-mini
    {100000, 400000, 25000, no, no, 50000, 200000, no, no, no, no, 0}, // openai gpt-4.1-nano
    {2500000, 10000000, 1250000, no, no, 1250000, 5000000, no, no, no, no, 0}, // openai gpt-4o
    {5000000, 15000000, no, no, no, 2500000, 7500000, no, no, no, no, 0},
    // openai gpt-4o-2024-05-13
    {150000, 600000, 75000, no, no, 75000, 300000, no, no, no, no, 0}, // openai gpt-4o-mini
    {1250000, 10000000, 125000, no, no, no, no, no, no, no, no, 0}, // openai gpt-5
    {250000, 2000000, 25000, no, no, no, no, no, no, no, no, 0}, // openai gpt-5-mini
    {50000, 400000, 5000, no, no, no, no, no, no, no, no, 0}, // openai gpt-5-nano
    {15000000, 120000000, no, no, no, 7500000, 60000000, no, no, no, no, 0}, // openai gpt-5-pro
    {1750000, 14000000, 175000, no, no, no, no, no, no, no, no, 0}, // openai gpt-5.2
    {21000000, 168000000, no, no, no, no, no, no, no, no, no, 0}, // openai gpt-5.2-pro
    {2500000, 15000000, 250000, no, no, 1250000, 7500000, no, 5000000, 22500000, 500000, 272000},
    // openai gpt-5.4
    {750000, 4500000, 75000, no, no, 375000, 2250000, no, no, no, no, 0}, // openai gpt-5.4-mini
    {200000, 1250000, 20000, no, no, 100000, 625000, no, no, no, no, 0}, // openai gpt-5.4-nano
    {30000000, 180000000, 3000000, no, no, 15000000, 90000000, no, 60000000, 270000000, 6000000, 272000},
    // openai gpt-5.4-pro
    {5000000, 30000000, 500000, no, no, 2500000, 15000000, no, 10000000, 45000000, 1000000, 272000},
    // openai gpt-5.5
    {5000000, 30000000, 500000, 6250000, no, 2500000, 15000000, no, 10000000, 45000000, 1000000, 272000},
    // openai gpt-5.6
    {200000, 1200000, 20000, 250000, no, 100000, 600000, no, 400000, 1800000, 40000, 272000},
    // openai gpt-5.6-luna
    {2000000, 12000000, 200000, 2500000, no, 1000000, 6000000, no, 4000000, 18000000, 400000, 272000},
    // openai gpt-5.6-terra
    {600000, 2400000, no, no, no, no, no, no, no, no, no, 0}, // openai gpt-audio-mini
    {15000000, 60000000, 7500000, no, no, no, no, no, no, no, no, 0}, // openai o1
    {150000000, 600000000, no, no, no, 75000000, 300000000, no, no, no, no, 0}, // openai o1-pro
    {2000000, 8000000, 500000, no, no, no, no, no, no, no, no, 0}, // openai o3
    {10000000, 40000000, 2500000, no, no, 5000000, 20000000, no, no, no, no, 0},
    // openai o3-deep-research
    {1100000, 4400000, 550000, no, no, no, no, no, no, no, no, 0}, // openai o3-mini
    {20000000, 80000000, no, no, no, 10000000, 40000000, no, no, no, no, 0}, // openai o3-pro
    {1100000, 4400000, 275000, no, no, no, no, no, no, no, no, 0}, // openai o4-mini
    {2000000, 10000000, no, no, no, no, no, no, no, no, no, 0}, // xai grok-2
    {3000000, 15000000, 750000, no, no, no, no, no, no, no, no, 0}, // xai grok-3
    {5000000, 25000000, 1250000, no, no, no, no, no, no, no, no, 0}, // xai grok-3-fast-beta
    {300000, 500000, 75000, no, no, no, no, no, no, no, no, 0}, // xai grok-3-mini
    {600000, 4000000, 150000, no, no, no, no, no, no, no, no, 0}, // xai grok-3-mini-fast
    {3000000, 15000000, no, no, no, no, no, no, no, no, no, 0}, // xai grok-4
    {3000000, 15000000, no, no, no, no, no, no, 6000000, 30000000, no, 128000}, // xai grok-4-0709
    {200000, 500000, 50000, no, no, no, no, no, 400000, 1000000, no, 128000}, // xai grok-4-1-fast
    {2000000, 6000000, 200000, no, no, no, no, no, no, no, no, 0}, // xai grok-4.20-0309-reasoning
    {1250000, 2500000, 200000, no, no, no, no, no, 2500000, 5000000, 400000, 200000},
    // xai grok-4.3
    {2000000, 6000000, 500000, no, no, no, no, no, 4000000, 12000000, 1000000, 200000},
    // xai grok-4.5
    {200000, 1500000, 20000, no, no, no, no, no, no, no, no, 0}, // xai grok-code-fast
};

constexpr char names[] =
    // anthropic
    "claude-3-7-sonnet-20250219\0claude-3-haiku-20240307\0claude-3-opus-20240229\0"
    "claude-4-opus-20250514\0claude-4-sonnet-20250514\0claude-fable-5\0claude-haiku-4-5\0"
    "claude-haiku-4-5-20251001\0claude-opus-4-1\0claude-opus-4-1-20250805\0"
    "claude-opus-4-20250514\0claude-opus-4-5\0claude-opus-4-5-20251101\0claude-opus-4-6\0"
    "claude-opus-4-6-20260205\0claude-opus-4-7\0claude-opus-4-7-20260416\0claude-opus-4-8\0"
    "claude-opus-5\0claude-sonnet-4-20250514\0claude-sonnet-4-5\0claude-sonnet-4-5-20250929\0"
    "claude-sonnet-4-6\0claude-sonnet-5\0"
    // cohere
    "command-a-03-2025\0command-light\0command-r\0command-r-08-2024\0command-r-plus\0"
    "command-r-plus-08-2024\0command-r7b-12-2024\0"
    // deepseek
    "deepseek-chat\0deepseek-coder\0deepseek-r1\0deepseek-reasoner\0deepseek-v3\0"
    "deepseek-v3.2\0deepseek-v4-flash\0deepseek-v4-pro\0"
    // gemini
    "gemini-2.0-flash\0gemini-2.0-flash-001\0gemini-2.0-flash-lite\0gemini-2.0-flash-lite-001\0"
    "gemini-2.5-computer-use-preview-10-2025\0gemini-2.5-flash\0gemini-2.5-flash-lite\0"
    "gemini-2.5-flash-lite-preview-06-17\0gemini-2.5-flash-lite-preview-09-2025\0"
    "gemini-2.5-flash-native-audio-latest\0gemini-2.5-flash-native-audio-preview-09-2025\0"
    "gemini-2.5-flash-native-audio-preview-12-2025\0gemini-2.5-flash-preview-09-2025\0"
    "gemini-2.5-pro\0gemini-2.5-pro-preview-tts\0gemini-3-flash-preview\0gemini-3-pro-preview\0"
    "gemini-3.1-flash-lite\0gemini-3.1-flash-lite-preview\0gemini-3.1-flash-live-preview\0"
    "gemini-3.1-pro-preview\0gemini-3.1-pro-preview-customtools\0gemini-3.5-flash\0"
    "gemini-3.5-flash-lite\0gemini-3.6-flash\0gemini-exp-1114\0gemini-exp-1206\0"
    "gemini-flash-latest\0gemini-flash-lite-latest\0gemini-gemma-2-27b-it\0"
    "gemini-gemma-2-9b-it\0gemini-omni-flash-preview\0gemini-pro-latest\0"
    "gemini-robotics-er-1.5-preview\0gemma-3-27b-it\0learnlm-1.5-pro-experimental\0"
    "lyria-3-clip-preview\0lyria-3-pro-preview\0"
    // groq
    "gemma-7b-it\0llama-3.1-8b-instant\0llama-3.3-70b-versatile\0"
    "meta-llama/llama-4-maverick-17b-128e-instruct\0meta-llama/llama-4-scout-17b-16e-instruct\0"
    "meta-llama/llama-guard-4-12b\0moonshotai/kimi-k2-instruct-0905\0openai/gpt-oss-120b\0"
    "openai/gpt-oss-20b\0openai/gpt-oss-safeguard-20b\0qwen/qwen3-32b\0"
    // maritaca
    "sabia-4\0sabia-4-br-sp\0sabia-4-thinking\0sabia-4-thinking-br-sp\0sabiazinho-4\0"
    "sabiazinho-4-br-sp\0"
    // mistral
    "codestral-2405\0codestral-2508\0codestral-latest\0codestral-mamba-latest\0devstral-2512\0"
    "devstral-latest\0devstral-medium-2507\0devstral-medium-latest\0devstral-small-2505\0"
    "devstral-small-2507\0devstral-small-latest\0labs-devstral-small-2512\0"
    "magistral-medium-1-2-2509\0magistral-medium-2506\0magistral-medium-2509\0"
    "magistral-medium-latest\0magistral-small-1-2-2509\0magistral-small-2506\0"
    "magistral-small-latest\0ministral-3-14b-2512\0ministral-3-3b-2512\0ministral-3-8b-2512\0"
    "ministral-8b-2512\0ministral-8b-latest\0mistral-large-2402\0mistral-large-2407\0"
    "mistral-large-2411\0mistral-large-2512\0mistral-large-3\0mistral-large-latest\0"
    "mistral-medium\0mistral-medium-2312\0mistral-medium-2505\0mistral-medium-2508\0"
    "mistral-medium-2604\0mistral-medium-3-1-2508\0mistral-medium-3-5\0mistral-medium-latest\0"
    "mistral-small\0mistral-small-3-2-2506\0mistral-small-latest\0mistral-tiny\0"
    "open-codestral-mamba\0open-mistral-7b\0open-mistral-nemo\0open-mistral-nemo-2407\0"
    "open-mixtral-8x22b\0open-mixtral-8x7b\0pixtral-12b-2409\0pixtral-large-2411\0"
    "pixtral-large-latest\0"
    // openai
    "chatgpt-4o-latest\0codex-mini-latest\0ft:gpt-3.5-turbo\0ft:gpt-3.5-turbo-0125\0"
    "ft:gpt-3.5-turbo-0613\0ft:gpt-3.5-turbo-1106\0ft:gpt-4-0613\0ft:gpt-4.1-2025-04-14\0"
    "ft:gpt-4.1-mini-2025-04-14\0ft:gpt-4.1-nano-2025-04-14\0ft:gpt-4o-2024-08-06\0"
    "ft:gpt-4o-2024-11-20\0ft:gpt-4o-mini-2024-07-18\0ft:o4-mini-2025-04-16\0gpt-3.5-turbo\0"
    "gpt-3.5-turbo-0125\0gpt-3.5-turbo-1106\0gpt-3.5-turbo-16k\0gpt-4\0gpt-4-0125-preview\0"
    "gpt-4-0314\0gpt-4-0613\0gpt-4-1106-preview\0gpt-4-turbo\0gpt-4-turbo-2024-04-09\0"
    "gpt-4-turbo-preview\0gpt-4.1\0gpt-4.1-2025-04-14\0gpt-4.1-mini\0gpt-4.1-mini-2025-04-14\0"
    "gpt-4.1-nano\0gpt-4.1-nano-2025-04-14\0gpt-4o\0gpt-4o-2024-05-13\0gpt-4o-2024-08-06\0"
    "gpt-4o-2024-11-20\0gpt-4o-audio-preview\0gpt-4o-audio-preview-2024-12-17\0"
    "gpt-4o-audio-preview-2025-06-03\0gpt-4o-mini\0gpt-4o-mini-2024-07-18\0"
    "gpt-4o-mini-audio-preview\0gpt-4o-mini-audio-preview-2024-12-17\0"
    "gpt-4o-mini-search-preview\0gpt-4o-mini-search-preview-2025-03-11\0gpt-4o-search-preview\0"
    "gpt-4o-search-preview-2025-03-11\0gpt-5\0gpt-5-2025-08-07\0gpt-5-chat\0gpt-5-chat-latest\0"
    "gpt-5-codex\0gpt-5-mini\0gpt-5-mini-2025-08-07\0gpt-5-nano\0gpt-5-nano-2025-08-07\0"
    "gpt-5-pro\0gpt-5-pro-2025-10-06\0gpt-5-search-api\0gpt-5-search-api-2025-10-14\0gpt-5.1\0"
    "gpt-5.1-2025-11-13\0gpt-5.1-chat-latest\0gpt-5.1-codex\0gpt-5.1-codex-max\0"
    "gpt-5.1-codex-mini\0gpt-5.2\0gpt-5.2-2025-12-11\0gpt-5.2-chat-latest\0gpt-5.2-codex\0"
    "gpt-5.2-pro\0gpt-5.2-pro-2025-12-11\0gpt-5.3-chat-latest\0gpt-5.3-codex\0gpt-5.4\0"
    "gpt-5.4-2026-03-05\0gpt-5.4-mini\0gpt-5.4-mini-2026-03-17\0gpt-5.4-nano\0"
    "gpt-5.4-nano-2026-03-17\0gpt-5.4-pro\0gpt-5.4-pro-2026-03-05\0gpt-5.5\0"
    "gpt-5.5-2026-04-23\0gpt-5.5-pro\0gpt-5.5-pro-2026-04-23\0gpt-5.6\0gpt-5.6-luna\0"
    "gpt-5.6-sol\0gpt-5.6-terra\0gpt-audio\0gpt-audio-1.5\0gpt-audio-2025-08-28\0"
    "gpt-audio-mini\0gpt-audio-mini-2025-10-06\0gpt-audio-mini-2025-12-15\0o1\0o1-2024-12-17\0"
    "o1-pro\0o1-pro-2025-03-19\0o3\0o3-2025-04-16\0o3-deep-research\0"
    "o3-deep-research-2025-06-26\0o3-mini\0o3-mini-2025-01-31\0o3-pro\0o3-pro-2025-06-10\0"
    "o4-mini\0o4-mini-2025-04-16\0o4-mini-deep-research\0o4-mini-deep-research-2025-06-26\0"
    // xai
    "grok-2\0grok-2-1212\0grok-2-latest\0grok-2-vision\0grok-2-vision-1212\0"
    "grok-2-vision-latest\0grok-3\0grok-3-beta\0grok-3-fast-beta\0grok-3-fast-latest\0"
    "grok-3-latest\0grok-3-mini\0grok-3-mini-beta\0grok-3-mini-fast\0grok-3-mini-fast-beta\0"
    "grok-3-mini-fast-latest\0grok-3-mini-latest\0grok-4\0grok-4-0709\0grok-4-1-fast\0"
    "grok-4-1-fast-non-reasoning\0grok-4-1-fast-non-reasoning-latest\0grok-4-1-fast-reasoning\0"
    "grok-4-1-fast-reasoning-latest\0grok-4-fast-non-reasoning\0grok-4-fast-reasoning\0"
    "grok-4-latest\0grok-4.20-0309-reasoning\0grok-4.20-beta-0309-non-reasoning\0"
    "grok-4.20-beta-0309-reasoning\0grok-4.20-multi-agent-beta-0309\0grok-4.3\0"
    "grok-4.3-latest\0grok-4.5\0grok-4.5-latest\0grok-beta\0grok-code-fast\0grok-code-fast-1\0"
    "grok-code-fast-1-0825\0grok-vision-beta\0"
    ;

// For each name, which shape is its own.
constexpr uint8_t shape_of[] = {
    // anthropic
    0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 0, 10,
    // cohere
    11, 12, 13, 13, 11, 11, 14,
    // deepseek
    15, 16, 17, 15, 18, 19, 20, 21,
    // gemini
    22, 22, 23, 23, 24, 25, 26, 27, 26, 28, 28, 28, 29, 30, 30, 31, 32, 33, 34, 35, 32, 32, 36,
    37, 38, 39, 39, 29, 27, 40, 40, 41, 30, 42, 39, 39, 43, 43,
    // groq
    44, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53,
    // maritaca
    54, 55, 56, 57, 58, 59,
    // mistral
    60, 61, 60, 62, 63, 63, 63, 63, 64, 64, 64, 64, 65, 65, 65, 65, 66, 66, 66, 48, 67, 68, 68,
    68, 69, 70, 71, 66, 66, 66, 72, 72, 63, 63, 73, 63, 73, 73, 64, 74, 74, 62, 62, 62, 75, 75,
    71, 76, 68, 71, 71,
    // openai
    77, 78, 79, 80, 80, 80, 81, 82, 83, 84, 85, 86, 87, 88, 66, 66, 89, 90, 81, 91, 81, 81, 91,
    91, 91, 91, 92, 92, 93, 93, 94, 94, 95, 96, 95, 95, 11, 11, 11, 97, 97, 13, 13, 97, 97, 95,
    95, 98, 98, 98, 98, 98, 99, 99, 100, 100, 101, 101, 98, 98, 98, 98, 98, 98, 98, 99, 102, 102,
    102, 102, 103, 103, 102, 102, 104, 104, 105, 105, 106, 106, 107, 107, 108, 108, 107, 107,
    109, 110, 109, 111, 11, 11, 11, 112, 112, 112, 113, 113, 114, 114, 115, 115, 116, 116, 117,
    117, 118, 118, 119, 119, 92, 92,
    // xai
    120, 120, 120, 120, 120, 120, 121, 121, 122, 122, 121, 123, 123, 124, 124, 124, 123, 125,
    126, 127, 127, 127, 127, 127, 127, 127, 126, 128, 128, 128, 128, 129, 129, 130, 130, 77, 131,
    131, 131, 77,
};

// provider, currency, percent of its batch API, source, first byte in names, first row, rows
constexpr PriceGroup groups[] = {
    {"anthropic", "USD", 50, 0, 0, 0, 24},
    {"cohere", "USD", 0, 0, 501, 24, 7},
    {"deepseek", "USD", 0, 0, 619, 31, 8},
    {"gemini", "USD", 50, 0, 738, 39, 38},
    {"groq", "USD", 0, 0, 1701, 77, 11},
    {"maritaca", "BRL", 50, 1, 1991, 88, 6},
    {"mistral", "USD", 50, 0, 2085, 94, 51},
    {"openai", "USD", 50, 0, 3094, 145, 112},
    {"xai", "USD", 0, 0, 5078, 257, 40},
};

constexpr const char* sources[] = {
    "BerriAI/litellm model_prices_and_context_window.json (MIT), as copied by Prajwalsrinvas/to"
    "ken-tariff (MIT) at dc2baf9d80f97138860483855433ff2936886b20 of 2026-08-06",
    "maritaca-ai/maritalk-api (MIT), documentation/docs/en/precos.md and models.md at 4e58d0b o"
    "f 2026-07-17"
};

}  // namespace

PriceTable price_table() {
    return PriceTable{groups, sizeof groups / sizeof groups[0], names, shape_of, shapes};
}

const char* price_source(const PriceGroup& group) { return sources[group.source]; }

const char* price_table_source() {
    return
    "BerriAI/litellm model_prices_and_context_window.json (MIT), as copied by Prajwalsrinvas/to"
    "ken-tariff (MIT) at dc2baf9d80f97138860483855433ff2936886b20 of 2026-08-06; maritaca-ai/ma"
    "ritalk-api (MIT), documentation/docs/en/precos.md and models.md at 4e58d0b of 2026-07-17";
}

}  // namespace leat
// clang-format on
