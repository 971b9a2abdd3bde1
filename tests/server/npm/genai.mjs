// The official client `@google/genai` against leat-mock: generateContent and cached contents.
import { ApiError, GoogleGenAI, Type } from '@google/genai';
import { assert, base, check, failure, isWeather, key, weather } from './check.mjs';

const client = (apiKey) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: base } });
const ai = client(key);
const model = 'gemini-3-mock';
const tools = [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: weather }] }];

await check('genai: plain', async () => {
  const answer = await ai.models.generateContent({ model, contents: 'Hello' });
  assert.ok(answer.text.length > 20);
  assert.equal(answer.candidates[0].finishReason, 'STOP');
  assert.ok(answer.usageMetadata.totalTokenCount > 0);
});

await check('genai: stream', async () => {
  const config = { thinkingConfig: { includeThoughts: true } };
  const whole = await ai.models.generateContent({ model, contents: 'Hello', config });
  let text = '';
  let last;
  for await (const chunk of await ai.models.generateContentStream({ model, contents: 'Hello', config })) {
    text += chunk.text ?? '';
    last = chunk;
  }
  assert.equal(text, whole.text);
  assert.deepEqual(last.usageMetadata, whole.usageMetadata);
});

await check('genai: tools, with signatures that come back', async () => {
  const contents = [{ role: 'user', parts: [{ text: 'a tool' }] }];
  const asked = await ai.models.generateContent({ model, contents, config: { tools } });
  const [call] = asked.functionCalls;
  isWeather(call.args);
  contents.push(asked.candidates[0].content, { role: 'user', parts: [
    { functionResponse: { name: call.name, response: { output: '18 degrees' } } }] });
  const told = await ai.models.generateContent({ model, contents, config: { tools } });
  assert.match(told.text, /18 degrees/);
});

await check('genai: a chat that streams', async () => {
  const chat = ai.chats.create({ model, config: { tools } });
  let calls = [];
  for await (const chunk of await chat.sendMessageStream({ message: 'a tool' }))
    calls = calls.concat(chunk.functionCalls ?? []);
  isWeather(calls[0].args);
  const told = await chat.sendMessage({ message: [
    { functionResponse: { name: 'get_weather', response: { output: '18 degrees' } } }] });
  assert.match(told.text, /18 degrees/);
});

await check('genai: JSON schema, in both forms', async () => {
  const responseMimeType = 'application/json';
  const answer = await ai.models.generateContent({
    model, contents: 'x', config: { responseMimeType, responseJsonSchema: weather } });
  isWeather(JSON.parse(answer.text));
  const responseSchema = { type: Type.OBJECT, required: ['city', 'days'], properties: {
    city: { type: Type.STRING }, days: { type: Type.INTEGER, minimum: 2 } } };
  const other = await ai.models.generateContent({
    model, contents: 'x', config: { responseMimeType, responseSchema } });
  isWeather(JSON.parse(other.text));
});

await check('genai: errors', async () => {
  const ask = (contents, name = model) => () => ai.models.generateContent({ model: name, contents });
  const limited = await failure(ask('[[mock:429 retry-after=3]]'));
  assert.ok(limited instanceof ApiError);
  assert.equal(limited.status, 429);
  assert.match(limited.message, /RESOURCE_EXHAUSTED.*"retryDelay":"3s"/s);
  assert.equal((await failure(ask('x', 'no-such-model'))).status, 404);
  const refused = await failure(() => client('wrong').models.generateContent({ model, contents: 'x' }));
  assert.match(refused.message, /API_KEY_INVALID/);
});

await check('genai: cached contents', async () => {
  const made = await ai.caches.create({ model, config: {
    contents: 'x'.repeat(6000), systemInstruction: 's', ttl: '300s', displayName: 'd' } });
  assert.equal((await ai.caches.get({ name: made.name })).displayName, 'd');
  const answer = await ai.models.generateContent({
    model, contents: 'Hello', config: { cachedContent: made.name } });
  assert.equal(answer.usageMetadata.cachedContentTokenCount, made.usageMetadata.totalTokenCount);
  const longer = await ai.caches.update({ name: made.name, config: { ttl: '7200s' } });
  assert.ok(longer.expireTime > made.expireTime);
  const second = await ai.caches.create({ model, config: { contents: 'y'.repeat(6000) } });
  const names = [];
  for await (const one of await ai.caches.list({ config: { pageSize: 1 } })) names.push(one.name);
  assert.deepEqual(names, [made.name, second.name]);
  await ai.caches.delete({ name: made.name });
  const gone = await failure(() => ai.models.generateContent({
    model, contents: 'x', config: { cachedContent: made.name } }));
  assert.equal(gone.status, 403);
});

await check('genai: models', async () => {
  const names = [];
  for await (const one of await ai.models.list()) names.push(one.name);
  assert.ok(names.includes('models/mock-large'));
});
