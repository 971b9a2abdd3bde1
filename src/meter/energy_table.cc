// meter/energy_table.cc: how large models are, and where their providers compute.
// Written by meter/tables/make_tables.py; do not edit. Depends on its header.
// The facts are from:
// genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/models.json and its provider table at
// 2d0a1c76358a1aad0c530d47794e37465ad029e8 of 2025-11-13.
//
// This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0. If a copy of
// the MPL was not distributed with this file, You can obtain one at https://mozilla.org/MPL/2.0/.
#include "meter/energy_table.h"

// clang-format off
namespace leat {

namespace {

// active and total parameters in billions, each least and most; warnings
constexpr EnergyShape shapes[] = {
    {8.0, 28.0, 8.0, 28.0, 1}, {44.0, 132.0, 440.0, 440.0, 1}, {30.0, 90.0, 300.0, 300.0, 1},
    {200.0, 600.0, 2000.0, 2000.0, 1}, {80.0, 240.0, 800.0, 800.0, 1},
    {10.0, 35.0, 10.0, 35.0, 1}, {32.3, 32.3, 32.3, 32.3, 0}, {8.03, 8.03, 8.03, 8.03, 0},
    {33.1, 33.1, 33.1, 33.1, 2}, {8.63, 8.63, 8.63, 8.63, 2}, {111.0, 111.0, 111.0, 111.0, 0},
    {112.0, 112.0, 112.0, 112.0, 2}, {104.0, 104.0, 104.0, 104.0, 0},
    {44.0, 132.0, 440.0, 440.0, 3}, {8.0, 28.0, 8.0, 28.0, 3}, {200.0, 600.0, 2000.0, 2000.0, 3},
    {12.2, 12.2, 12.2, 12.2, 3}, {1.0, 1.0, 1.0, 1.0, 3}, {27.4, 27.4, 27.4, 27.4, 3},
    {4.3, 4.3, 4.3, 4.3, 3}, {5.44, 5.44, 5.44, 5.44, 3}, {7.85, 7.85, 7.85, 7.85, 3},
    {34.98, 34.98, 34.98, 34.98, 0}, {103.81, 103.81, 103.81, 103.81, 0},
    {55.05, 55.05, 55.05, 55.05, 0}, {19.05, 19.05, 19.05, 19.05, 0},
    {36.0, 36.0, 132.0, 132.0, 0}, {6.0, 6.0, 6.0, 6.0, 0}, {12.0, 12.0, 12.0, 12.0, 0},
    {3.0, 3.0, 3.0, 3.0, 0}, {7.0, 7.0, 7.0, 7.0, 0}, {2.51, 2.51, 2.51, 2.51, 0},
    {2.0, 2.0, 2.0, 2.0, 0}, {8.54, 8.54, 8.54, 8.54, 0}, {27.23, 27.23, 27.23, 27.23, 0},
    {27.0, 27.0, 27.0, 27.0, 0}, {2.61, 2.61, 2.61, 2.61, 0}, {9.24, 9.24, 9.24, 9.24, 0},
    {9.0, 9.0, 9.0, 9.0, 0}, {13.0, 13.0, 13.0, 13.0, 0}, {34.0, 34.0, 34.0, 34.0, 0},
    {70.0, 70.0, 70.0, 70.0, 0}, {13.02, 13.02, 13.02, 13.02, 0},
    {68.98, 68.98, 68.98, 68.98, 0}, {6.74, 6.74, 6.74, 6.74, 0},
    {70.55, 70.55, 70.55, 70.55, 0}, {405.85, 405.85, 405.85, 405.85, 0},
    {405.87, 405.87, 405.87, 405.87, 0}, {0.28, 0.28, 0.28, 0.28, 0},
    {1.42, 1.42, 1.42, 1.42, 0}, {13.96, 13.96, 13.96, 13.96, 0}, {3.82, 3.82, 3.82, 3.82, 0},
    {7.39, 7.39, 7.39, 7.39, 0}, {4.15, 4.15, 4.15, 4.15, 2}, {22.25, 22.25, 22.25, 22.25, 0},
    {7.25, 7.25, 7.25, 7.25, 0}, {7.24, 7.24, 7.24, 7.24, 0}, {39.1, 39.1, 140.6, 140.6, 0},
    {122.61, 122.61, 122.61, 122.61, 0}, {12.25, 12.25, 12.25, 12.25, 0},
    {12.9, 12.9, 46.7, 46.7, 0}, {5.1, 5.1, 117.0, 117.0, 0}, {3.6, 3.6, 21.0, 21.0, 0},
    {22.2, 22.2, 22.2, 22.2, 0}, {70.0, 120.0, 70.0, 120.0, 1}, {23.6, 23.6, 23.6, 23.6, 0},
    {3.32, 3.32, 3.32, 3.32, 0}, {8.02, 8.02, 8.02, 8.02, 0}, {123.0, 123.0, 123.0, 123.0, 0},
    {7.3, 7.3, 7.3, 7.3, 1}, {7.3, 7.3, 7.3, 7.3, 0}, {12.2, 12.2, 12.2, 12.2, 0},
    {12.0, 12.0, 12.0, 12.0, 2}, {123.0, 123.0, 123.0, 123.0, 2}, {4.68, 4.68, 4.68, 4.68, 2},
    {24.3, 24.3, 24.3, 24.3, 2}, {20.0, 70.0, 20.0, 70.0, 1}, {176.0, 528.0, 1760.0, 1760.0, 3},
    {88.0, 264.0, 880.0, 880.0, 3}, {35.0, 106.0, 352.0, 352.0, 3},
    {40.0, 112.0, 40.0, 112.0, 3}, {10.0, 37.0, 10.0, 37.0, 3}, {30.0, 90.0, 300.0, 300.0, 3},
    {25.0, 70.0, 25.0, 70.0, 3}, {5.0, 18.5, 5.0, 18.5, 3},
};

constexpr char names[] =
    // anthropic
    "claude-3-5-haiku-20241022\0claude-3-5-haiku-latest\0claude-3-5-sonnet-20240620\0"
    "claude-3-5-sonnet-20241022\0claude-3-5-sonnet-latest\0claude-3-7-sonnet-20250219\0"
    "claude-3-7-sonnet-latest\0claude-3-haiku-20240307\0claude-3-opus-20240229\0"
    "claude-3-opus-latest\0claude-3-sonnet-20240229\0claude-haiku-4-5-20251001\0"
    "claude-opus-4-0\0claude-opus-4-1\0claude-opus-4-1-20250805\0claude-opus-4-20250514\0"
    "claude-sonnet-4-0\0claude-sonnet-4-20250514\0claude-sonnet-4-5-20250929\0"
    // cohere
    "c4ai-aya-expanse-32b\0c4ai-aya-expanse-8b\0c4ai-aya-vision-32b\0c4ai-aya-vision-8b\0"
    "command-a-03-2025\0command-a-reasoning-08-2025\0command-a-translate-08-2025\0"
    "command-a-vision-07-2025\0command-r\0command-r-08-2024\0command-r-plus-08-2024\0"
    "command-r7b-12-2024\0command-r7b-arabic-02-2025\0"
    // google_genai
    "gemini-2.0-flash\0gemini-2.0-flash-001\0gemini-2.0-flash-exp\0"
    "gemini-2.0-flash-exp-image-generation\0gemini-2.0-flash-lite\0gemini-2.0-flash-lite-001\0"
    "gemini-2.0-flash-lite-preview\0gemini-2.0-flash-lite-preview-02-05\0"
    "gemini-2.0-flash-preview-image-generation\0gemini-2.0-flash-thinking-exp\0"
    "gemini-2.0-flash-thinking-exp-01-21\0gemini-2.0-flash-thinking-exp-1219\0"
    "gemini-2.5-flash\0gemini-2.5-flash-image\0gemini-2.5-flash-image-preview\0"
    "gemini-2.5-flash-lite\0gemini-2.5-flash-lite-preview-06-17\0"
    "gemini-2.5-flash-lite-preview-09-2025\0gemini-2.5-flash-preview-05-20\0"
    "gemini-2.5-flash-preview-09-2025\0gemini-2.5-pro\0gemini-2.5-pro-preview-03-25\0"
    "gemini-2.5-pro-preview-05-06\0gemini-2.5-pro-preview-06-05\0gemini-flash-latest\0"
    "gemini-flash-lite-latest\0gemini-pro-latest\0gemma-3-12b-it\0gemma-3-1b-it\0"
    "gemma-3-27b-it\0gemma-3-4b-it\0gemma-3n-e2b-it\0gemma-3n-e4b-it\0"
    // huggingface_hub
    "CohereForAI/aya-23-35B\0CohereForAI/aya-23-8B\0CohereForAI/c4ai-command-r-plus\0"
    "CohereForAI/c4ai-command-r-plus-4bit\0CohereForAI/c4ai-command-r-v01\0"
    "CohereForAI/c4ai-command-r-v01-4bit\0databricks/dbrx-base\0databricks/dbrx-instruct\0"
    "databricks/dolly-v1-6b\0databricks/dolly-v2-12b\0databricks/dolly-v2-3b\0"
    "databricks/dolly-v2-7b\0google/codegemma-1.1-2b\0google/codegemma-1.1-2b-GGUF\0"
    "google/codegemma-1.1-2b-pytorch\0google/codegemma-1.1-7b-it\0"
    "google/codegemma-1.1-7b-it-GGUF\0google/codegemma-1.1-7b-it-pytorch\0google/codegemma-2b\0"
    "google/codegemma-2b-GGUF\0google/codegemma-2b-keras\0google/codegemma-2b-pytorch\0"
    "google/codegemma-7b\0google/codegemma-7b-GGUF\0google/codegemma-7b-it\0"
    "google/codegemma-7b-it-GGUF\0google/codegemma-7b-it-keras\0"
    "google/codegemma-7b-it-pytorch\0google/codegemma-7b-keras\0google/codegemma-7b-pytorch\0"
    "google/gemma-1.1-2b-it\0google/gemma-1.1-2b-it-GGUF\0google/gemma-1.1-2b-it-keras\0"
    "google/gemma-1.1-2b-it-pytorch\0google/gemma-1.1-2b-it-tflite\0google/gemma-1.1-7b-it\0"
    "google/gemma-1.1-7b-it-GGUF\0google/gemma-1.1-7b-it-keras\0"
    "google/gemma-1.1-7b-it-pytorch\0google/gemma-2-27b\0google/gemma-2-27b-it\0"
    "google/gemma-2-27b-it-pytorch\0google/gemma-2-27b-pytorch\0google/gemma-2-2b\0"
    "google/gemma-2-2b-it\0google/gemma-2-2b-it-pytorch\0google/gemma-2-2b-pytorch\0"
    "google/gemma-2-9b\0google/gemma-2-9b-it\0google/gemma-2-9b-it-pytorch\0"
    "google/gemma-2-9b-keras\0google/gemma-2-9b-pytorch\0google/gemma-2-instruct-9b-keras\0"
    "google/gemma-2b\0google/gemma-2b-cpp\0google/gemma-2b-flax\0google/gemma-2b-GGUF\0"
    "google/gemma-2b-it\0google/gemma-2b-it-cpp\0google/gemma-2b-it-flax\0"
    "google/gemma-2b-it-GGUF\0google/gemma-2b-it-keras\0google/gemma-2b-it-pytorch\0"
    "google/gemma-2b-it-sfp-cpp\0google/gemma-2b-it-tflite\0google/gemma-2b-keras\0"
    "google/gemma-2b-pytorch\0google/gemma-2b-sfp-cpp\0google/gemma-7b\0google/gemma-7b-cpp\0"
    "google/gemma-7b-flax\0google/gemma-7b-GGUF\0google/gemma-7b-it\0google/gemma-7b-it-cpp\0"
    "google/gemma-7b-it-flax\0google/gemma-7b-it-GGUF\0google/gemma-7b-it-keras\0"
    "google/gemma-7b-it-pytorch\0google/gemma-7b-it-quant-pytorch\0google/gemma-7b-it-sfp-cpp\0"
    "google/gemma-7b-keras\0google/gemma-7b-pytorch\0google/gemma-7b-quant-pytorch\0"
    "google/gemma-7b-sfp-cpp\0meta-llama/CodeLlama-13b-hf\0"
    "meta-llama/CodeLlama-13b-Instruct-hf\0meta-llama/CodeLlama-13b-Python-hf\0"
    "meta-llama/CodeLlama-34b-hf\0meta-llama/CodeLlama-34b-Instruct-hf\0"
    "meta-llama/CodeLlama-34b-Python-hf\0meta-llama/CodeLlama-70b-hf\0"
    "meta-llama/CodeLlama-70b-Instruct-hf\0meta-llama/CodeLlama-70b-Python-hf\0"
    "meta-llama/CodeLlama-7b-hf\0meta-llama/CodeLlama-7b-Instruct-hf\0"
    "meta-llama/CodeLlama-7b-Python-hf\0meta-llama/Llama-2-13b\0meta-llama/Llama-2-13b-chat\0"
    "meta-llama/Llama-2-13b-chat-hf\0meta-llama/Llama-2-13b-hf\0meta-llama/Llama-2-70b\0"
    "meta-llama/Llama-2-70b-chat\0meta-llama/Llama-2-70b-chat-hf\0meta-llama/Llama-2-70b-hf\0"
    "meta-llama/Llama-2-7b\0meta-llama/Llama-2-7b-chat\0meta-llama/Llama-2-7b-chat-hf\0"
    "meta-llama/Llama-2-7b-hf\0meta-llama/Llama-Guard-3-8B\0meta-llama/Llama-Guard-3-8B-INT8\0"
    "meta-llama/LlamaGuard-7b\0meta-llama/Meta-Llama-3-70B\0"
    "meta-llama/Meta-Llama-3-70B-Instruct\0meta-llama/Meta-Llama-3-8B\0"
    "meta-llama/Meta-Llama-3-8B-Instruct\0meta-llama/Meta-Llama-3.1-405B\0"
    "meta-llama/Meta-Llama-3.1-405B-FP8\0meta-llama/Meta-Llama-3.1-405B-Instruct\0"
    "meta-llama/Meta-Llama-3.1-405B-Instruct-FP8\0meta-llama/Meta-Llama-3.1-70B\0"
    "meta-llama/Meta-Llama-3.1-70B-Instruct\0meta-llama/Meta-Llama-3.1-8B\0"
    "meta-llama/Meta-Llama-3.1-8B-Instruct\0meta-llama/Meta-Llama-Guard-2-8B\0"
    "meta-llama/Prompt-Guard-86M\0microsoft/phi-1\0microsoft/phi-1_5\0"
    "microsoft/Phi-3-medium-128k-instruct\0microsoft/Phi-3-medium-128k-instruct-onnx-cpu\0"
    "microsoft/Phi-3-medium-128k-instruct-onnx-cuda\0"
    "microsoft/Phi-3-medium-128k-instruct-onnx-directml\0microsoft/Phi-3-medium-4k-instruct\0"
    "microsoft/Phi-3-medium-4k-instruct-onnx-cpu\0"
    "microsoft/Phi-3-medium-4k-instruct-onnx-cuda\0"
    "microsoft/Phi-3-medium-4k-instruct-onnx-directml\0microsoft/Phi-3-mini-128k-instruct\0"
    "microsoft/Phi-3-mini-128k-instruct-onnx\0microsoft/Phi-3-mini-4k-instruct\0"
    "microsoft/Phi-3-mini-4k-instruct-gguf\0microsoft/Phi-3-mini-4k-instruct-onnx\0"
    "microsoft/Phi-3-mini-4k-instruct-onnx-web\0microsoft/Phi-3-small-128k-instruct\0"
    "microsoft/Phi-3-small-128k-instruct-onnx-cuda\0microsoft/Phi-3-small-8k-instruct\0"
    "microsoft/Phi-3-small-8k-instruct-onnx-cuda\0microsoft/Phi-3-vision-128k-instruct\0"
    "microsoft/Phi-3-vision-128k-instruct-onnx-cpu\0"
    "microsoft/Phi-3-vision-128k-instruct-onnx-cuda\0"
    "microsoft/Phi-3-vision-128k-instruct-onnx-directml\0mistral-community/Codestral-22B-v0.1\0"
    "mistral-community/Mistral-7B-Instruct-v0.3\0mistral-community/Mistral-7B-v0.2\0"
    "mistral-community/Mixtral-8x22B-Instruct-v0.1-4bit\0"
    "mistral-community/mixtral-8x22B-Instruct-v0.3-original\0"
    "mistral-community/Mixtral-8x22B-v0.1\0mistral-community/Mixtral-8x22B-v0.1-4bit\0"
    "mistral-community/Mixtral-8x22B-v0.1-AWQ\0mistral-community/Mixtral-8x22B-v0.1-original\0"
    "mistral-community/mixtral-8x22B-v0.3\0mistral-community/mixtral-8x22B-v0.3-original\0"
    "mistralai/Codestral-22B-v0.1\0mistralai/Mathstral-7B-v0.1\0"
    "mistralai/Mistral-7B-Instruct-v0.1\0mistralai/Mistral-7B-Instruct-v0.2\0"
    "mistralai/Mistral-7B-Instruct-v0.3\0mistralai/Mistral-7B-v0.1\0mistralai/Mistral-7B-v0.3\0"
    "mistralai/Mistral-Large-Instruct-2407\0mistralai/Mistral-Nemo-Base-2407\0"
    "mistralai/Mistral-Nemo-Instruct-2407\0mistralai/Mixtral-8x22B-Instruct-v0.1\0"
    "mistralai/Mixtral-8x22B-v0.1\0mistralai/Mixtral-8x7B-Instruct-v0.1\0"
    "mistralai/Mixtral-8x7B-v0.1\0openai/gpt-oss-120b\0openai/gpt-oss-20b\0"
    // mistralai
    "codestral-2405\0codestral-2411-rc5\0codestral-2412\0codestral-2501\0codestral-2508\0"
    "codestral-latest\0devstral-medium-2507\0devstral-medium-latest\0devstral-small-2505\0"
    "devstral-small-2507\0devstral-small-latest\0magistral-medium-2506\0magistral-medium-2507\0"
    "magistral-medium-2509\0magistral-medium-latest\0magistral-small-2506\0"
    "magistral-small-2507\0magistral-small-2509\0magistral-small-latest\0ministral-3b-2410\0"
    "ministral-3b-latest\0ministral-8b-2410\0ministral-8b-latest\0mistral-large-2407\0"
    "mistral-large-2411\0mistral-large-latest\0mistral-large-pixtral-2411\0mistral-medium\0"
    "mistral-medium-2505\0mistral-medium-2508\0mistral-medium-latest\0mistral-small\0"
    "mistral-small-2312\0mistral-small-2409\0mistral-small-2501\0mistral-small-2503\0"
    "mistral-small-2506\0mistral-small-latest\0mistral-tiny\0mistral-tiny-2312\0"
    "mistral-tiny-2407\0mistral-tiny-latest\0open-mistral-7b\0open-mistral-nemo\0"
    "open-mistral-nemo-2407\0open-mixtral-8x22b\0open-mixtral-8x22b-2404\0open-mixtral-8x7b\0"
    "pixtral-12b\0pixtral-12b-2409\0pixtral-12b-latest\0pixtral-large-2411\0"
    "pixtral-large-latest\0voxtral-mini-2507\0voxtral-mini-2509\0voxtral-mini-latest\0"
    "voxtral-mini-transcribe-2507\0voxtral-small-2507\0voxtral-small-latest\0"
    // openai
    "chatgpt-4o-latest\0gpt-3.5-turbo\0gpt-3.5-turbo-0125\0gpt-3.5-turbo-1106\0"
    "gpt-3.5-turbo-16k\0gpt-3.5-turbo-instruct\0gpt-3.5-turbo-instruct-0914\0gpt-35-turbo\0"
    "gpt-35-turbo-0125\0gpt-35-turbo-1106\0gpt-35-turbo-16k\0gpt-35-turbo-instruct\0"
    "gpt-35-turbo-instruct-0914\0gpt-4\0gpt-4-0125-preview\0gpt-4-0613\0gpt-4-1106-preview\0"
    "gpt-4-turbo\0gpt-4-turbo-2024-04-09\0gpt-4-turbo-preview\0gpt-4.1\0gpt-4.1-2025-04-14\0"
    "gpt-4.1-mini\0gpt-4.1-mini-2025-04-14\0gpt-4.1-nano\0gpt-4.1-nano-2025-04-14\0gpt-4o\0"
    "gpt-4o-2024-05-13\0gpt-4o-2024-08-06\0gpt-4o-2024-11-20\0gpt-4o-audio-preview\0"
    "gpt-4o-audio-preview-2024-10-01\0gpt-4o-audio-preview-2024-12-17\0"
    "gpt-4o-audio-preview-2025-06-03\0gpt-4o-mini\0gpt-4o-mini-2024-07-18\0"
    "gpt-4o-mini-audio-preview\0gpt-4o-mini-audio-preview-2024-12-17\0"
    "gpt-4o-mini-realtime-preview\0gpt-4o-mini-realtime-preview-2024-12-17\0"
    "gpt-4o-mini-search-preview\0gpt-4o-mini-search-preview-2025-03-11\0"
    "gpt-4o-mini-transcribe\0gpt-4o-mini-tts\0gpt-4o-realtime-preview\0"
    "gpt-4o-realtime-preview-2024-10-01\0gpt-4o-realtime-preview-2024-12-17\0"
    "gpt-4o-realtime-preview-2025-06-03\0gpt-4o-search-preview\0"
    "gpt-4o-search-preview-2025-03-11\0gpt-5\0gpt-5-2025-08-07\0gpt-5-chat-latest\0"
    "gpt-5-codex\0gpt-5-mini\0gpt-5-mini-2025-08-07\0gpt-5-nano\0gpt-5-nano-2025-08-07\0"
    "gpt-5-search-api\0gpt-5-search-api-2025-10-14\0o1\0o1-2024-12-17\0o1-mini\0"
    "o1-mini-2024-09-12\0o3-mini\0o3-mini-2025-01-31\0o4-mini\0o4-mini-2025-04-16\0"
    "o4-mini-deep-research\0o4-mini-deep-research-2025-06-26\0"
    ;

// For each name, which shape is its own.
constexpr uint8_t shape_of[] = {
    // anthropic
    0, 0, 1, 1, 1, 1, 1, 2, 3, 3, 4, 5, 3, 3, 3, 3, 1, 1, 1,
    // cohere
    6, 7, 8, 9, 10, 10, 10, 11, 6, 6, 12, 7, 7,
    // google_genai
    13, 13, 13, 13, 14, 14, 14, 14, 13, 13, 13, 13, 13, 13, 13, 14, 14, 14, 13, 13, 15, 15, 15,
    15, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    // huggingface_hub
    22, 7, 23, 24, 22, 25, 26, 26, 27, 28, 29, 30, 31, 32, 32, 33, 30, 30, 31, 32, 32, 32, 33,
    30, 33, 30, 30, 30, 30, 30, 31, 32, 32, 32, 32, 33, 30, 30, 30, 34, 34, 35, 35, 36, 36, 32,
    32, 37, 37, 38, 38, 38, 38, 31, 32, 32, 32, 31, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 33,
    30, 30, 30, 33, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 39, 39, 39, 40, 40, 40, 41, 41,
    41, 30, 30, 30, 39, 39, 42, 42, 41, 41, 43, 43, 30, 30, 44, 44, 7, 7, 30, 45, 45, 7, 7, 46,
    47, 46, 47, 45, 45, 7, 7, 7, 48, 49, 49, 50, 50, 50, 50, 50, 50, 50, 50, 51, 51, 51, 51, 51,
    51, 52, 52, 52, 52, 53, 53, 53, 53, 54, 55, 56, 57, 57, 57, 57, 57, 57, 57, 57, 54, 55, 56,
    56, 55, 56, 55, 58, 59, 59, 57, 57, 60, 60, 61, 62,
    // mistralai
    63, 63, 63, 63, 63, 63, 64, 64, 65, 65, 65, 64, 64, 64, 64, 65, 65, 65, 65, 66, 66, 67, 67,
    68, 68, 68, 68, 64, 64, 64, 64, 65, 65, 65, 65, 65, 65, 65, 69, 69, 69, 69, 70, 71, 71, 57,
    57, 60, 72, 72, 72, 73, 73, 74, 74, 74, 74, 75, 75,
    // openai
    13, 76, 76, 76, 76, 76, 76, 76, 76, 76, 76, 76, 76, 77, 77, 77, 77, 78, 78, 78, 79, 79, 80,
    80, 81, 81, 13, 13, 13, 13, 13, 13, 13, 13, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 13, 13,
    13, 13, 13, 13, 82, 82, 82, 82, 83, 83, 84, 84, 82, 82, 13, 13, 14, 14, 14, 14, 14, 14, 14,
    14,
};

// provider, country, PUE and litres a kWh (least, most), first byte in names, first row, rows
constexpr EnergyGroup groups[] = {
    {"anthropic", "USA", 1.09, 1.14, 0.13, 0.999, 0, 0, 19},
    {"cohere", "USA", 1.09, 1.09, 0.999, 0.999, 450, 19, 13},
    {"google_genai", "USA", 1.09, 1.09, 0.999, 0.999, 727, 32, 33},
    {"huggingface_hub", "USA", 1.09, 1.14, 0.13, 0.99, 1567, 65, 176},
    {"mistralai", "SWE", 1.16, 1.16, 0.09, 0.09, 6888, 241, 59},
    {"openai", "USA", 1.2, 1.2, 0.569, 0.569, 8035, 300, 70},
};

}  // namespace

EnergyTable energy_table() {
    return EnergyTable{groups, sizeof groups / sizeof groups[0], names, shape_of, shapes};
}

const char* energy_table_source() {
    return
    "genai-impact/ecologits 0.9.1 (MPL-2.0), ecologits/data/models.json and its provider table "
    "at 2d0a1c76358a1aad0c530d47794e37465ad029e8 of 2025-11-13";
}

}  // namespace leat
// clang-format on
