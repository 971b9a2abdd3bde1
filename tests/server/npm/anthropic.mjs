// The official client `@anthropic-ai/sdk` against leat-mock.
import Anthropic from '@anthropic-ai/sdk';
import { assert, base, check, failure, isWeather, key, weather } from './check.mjs';

const client = new Anthropic({ apiKey: key, baseURL: base, maxRetries: 0 });
const ask = (content, more) => ({
  model: 'claude-mock', max_tokens: 4096, messages: [{ role: 'user', content }], ...more });
const tools = [{ name: 'get_weather', description: 'w', input_schema: weather }];

await check('anthropic: plain', async () => {
  const message = await client.messages.create(ask('Hello'));
  assert.equal(message.stop_reason, 'end_turn');
  assert.ok(message.content[0].text.length > 20);
  assert.ok(message._request_id);
});

await check('anthropic: stream', async () => {
  const whole = await client.messages.create(ask('Hello'));
  const stream = client.messages.stream(ask('Hello'));
  assert.equal(await stream.finalText(), whole.content[0].text);
  assert.equal((await stream.finalMessage()).usage.output_tokens, whole.usage.output_tokens);
});

await check('anthropic: tools, with thoughts that come back', async () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 };
  for (const stream of [false, true]) {
    const request = ask('a tool', { tools, thinking });
    const message = stream ? await client.messages.stream(request).finalMessage()
                           : await client.messages.create(request);
    assert.deepEqual(message.content.map((block) => block.type), ['thinking', 'tool_use']);
    assert.equal(message.stop_reason, 'tool_use');
    const call = message.content[1];
    isWeather(call.input);
    request.messages.push({ role: 'assistant', content: message.content }, {
      role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '18 degrees' }] });
    const told = await client.messages.create(request);
    assert.match(told.content.at(-1).text, /18 degrees/);
  }
});

await check('anthropic: JSON schema', async () => {
  const format = { type: 'json_schema', schema: weather };
  const message = await client.messages.create(ask('x', { output_config: { format } }));
  isWeather(JSON.parse(message.content[0].text));
});

await check('anthropic: errors', async () => {
  const limited = await failure(() => client.messages.create(ask('[[mock:429 retry-after=3]]')));
  assert.ok(limited instanceof Anthropic.RateLimitError);
  assert.equal(limited.error.error.type, 'rate_limit_error');
  const busy = await failure(() => client.messages.create(ask('[[mock:529]]')));
  assert.equal(busy.status, 529);
  assert.equal(busy.error.error.type, 'overloaded_error');
  const gone = await failure(() => client.messages.create(ask('x', { model: 'no-such-model' })));
  assert.ok(gone instanceof Anthropic.NotFoundError);
  const broken = await failure(() => client.messages.stream(ask('[[mock:midway]]')).finalMessage());
  assert.match(broken.message, /overloaded_error/);
  const wrong = new Anthropic({ apiKey: 'wrong', baseURL: base, maxRetries: 0 });
  const refused = await failure(() => wrong.messages.create(ask('x')));
  assert.ok(refused instanceof Anthropic.AuthenticationError);
});

await check('anthropic: models', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.length >= 2);
});
