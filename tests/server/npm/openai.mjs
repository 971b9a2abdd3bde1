// The official client `openai` against leat-mock: Chat Completions, Azure's deployments, Responses.
import OpenAI, { AzureOpenAI } from 'openai';
import { assert, base, check, failure, isWeather, key, weather } from './check.mjs';

const client = new OpenAI({ apiKey: key, baseURL: `${base}/v1`, maxRetries: 0 });
const model = 'gpt-mock';
const say = (content) => [{ role: 'user', content }];
const nested = [{ type: 'function', function: { name: 'get_weather', parameters: weather } }];
const flat = [{ type: 'function', name: 'get_weather', parameters: weather, strict: true }];

await check('openai chat: plain', async () => {
  const { data, response } = await client.chat.completions
    .create({ model, messages: say('Hello'), n: 2 }).withResponse();
  assert.equal(data.choices.length, 2);
  assert.ok(data.choices[0].message.content.length > 20);
  assert.ok(response.headers.get('x-request-id'));
});

await check('openai chat: stream', async () => {
  const whole = await client.chat.completions.create({ model, messages: say('Hello') });
  const stream = client.chat.completions.stream(
    { model, messages: say('Hello'), stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].message.content, whole.choices[0].message.content);
  assert.deepEqual(final.usage, whole.usage);
});

await check('openai chat: tools run by the client', async () => {
  let seen;
  const tool = {
    type: 'function',
    function: {
      name: 'get_weather', parameters: weather, parse: JSON.parse,
      function: (given) => { seen = given; return '18 degrees'; },
    },
  };
  for (const stream of [false, true]) {
    const runner = client.chat.completions.runTools(
      { model, messages: say('a tool'), tools: [tool], stream });
    assert.match(await runner.finalContent(), /18 degrees/);
    isWeather(seen);
  }
});

await check('openai chat: JSON schema', async () => {
  const done = await client.chat.completions.parse({
    model, messages: say('x'),
    response_format: { type: 'json_schema', json_schema: { name: 'w', schema: weather, strict: true } },
  });
  isWeather(JSON.parse(done.choices[0].message.content));
});

await check('openai chat: errors', async () => {
  const create = (content, more) => () => client.chat.completions.create(
    { model, messages: say(content), ...more });
  const limited = await failure(create('[[mock:429 retry-after=3]]'));
  assert.ok(limited instanceof OpenAI.RateLimitError);
  assert.equal(limited.code, 'rate_limit_exceeded');
  assert.equal(limited.headers.get('retry-after'), '3');
  assert.ok(await failure(create('x', { model: 'no-such-model' })) instanceof OpenAI.NotFoundError);
  assert.ok(await failure(create('[[mock:500]]')) instanceof OpenAI.InternalServerError);
  const wrong = new OpenAI({ apiKey: 'wrong', baseURL: `${base}/v1`, maxRetries: 0 });
  const refused = await failure(() => wrong.chat.completions.create({ model, messages: say('x') }));
  assert.ok(refused instanceof OpenAI.AuthenticationError);
  const broken = await failure(async () => {
    const stream = await client.chat.completions.create(
      { model, messages: say('[[mock:midway]]'), stream: true });
    for await (const chunk of stream) assert.ok(chunk.choices);
  });
  assert.ok(broken instanceof OpenAI.APIError);
  const patient = new OpenAI({ apiKey: key, baseURL: `${base}/v1`, maxRetries: 2 });
  await patient.chat.completions.create({ model, messages: say('[[mock:503x2 retry-after-ms=1]]') });
});

await check('openai: models', async () => {
  assert.equal((await client.models.list()).data[0].object, 'model');
});

await check('azure: a deployment', async () => {
  const azure = new AzureOpenAI({
    endpoint: base, apiKey: key, apiVersion: '2024-10-21', deployment: 'd', maxRetries: 0 });
  const done = await azure.chat.completions.create({ model: 'd', messages: say('Hello') });
  assert.ok(done.choices[0].message.content);
});

await check('openai responses: plain', async () => {
  const done = await client.responses.create({ model, input: 'Hello', instructions: 'Be brief.' });
  assert.equal(done.status, 'completed');
  assert.ok(done.output_text.length > 20);
  assert.equal(done.usage.total_tokens, done.usage.input_tokens + done.usage.output_tokens);
  const cut = await client.responses.create({ model, input: 'Hello', max_output_tokens: 3 });
  assert.equal(cut.incomplete_details.reason, 'max_output_tokens');
});

await check('openai responses: stream', async () => {
  const whole = await client.responses.create({ model, input: 'Hello' });
  const reasoning = { effort: 'low', summary: 'auto' };
  const stream = client.responses.stream({ model, input: 'Hello', reasoning });
  let text = '';
  stream.on('response.output_text.delta', (event) => { text += event.delta; });
  const final = await stream.finalResponse();
  assert.equal(text, whole.output_text);
  assert.equal(final.output_text, whole.output_text);
  assert.deepEqual(final.output.map((item) => item.type), ['reasoning', 'message']);
});

await check('openai responses: tools', async () => {
  const input = say('a tool');
  const stream = client.responses.stream({ model, input, tools: flat });
  const asked = await stream.finalResponse();
  const [call] = asked.output;
  isWeather(JSON.parse(call.arguments));
  const result = { type: 'function_call_output', call_id: call.call_id, output: '18 degrees' };
  const told = await client.responses.create(
    { model, input: [...input, ...asked.output, result], tools: flat });
  assert.match(told.output_text, /18 degrees/);
});

await check('openai responses: JSON schema', async () => {
  const done = await client.responses.parse({
    model, input: 'x', text: { format: { type: 'json_schema', name: 'w', schema: weather, strict: true } } });
  isWeather(JSON.parse(done.output_text));
});

await check('openai responses: errors', async () => {
  const gone = await failure(() => client.responses.create({ model: 'no-such-model', input: 'x' }));
  assert.ok(gone instanceof OpenAI.BadRequestError);
  assert.equal(gone.code, 'model_not_found');
  const limited = await failure(
    () => client.responses.create({ model, input: '[[mock:429]]', stream: true }));
  assert.ok(limited instanceof OpenAI.RateLimitError);
});
