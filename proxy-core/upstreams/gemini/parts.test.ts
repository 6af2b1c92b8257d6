import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../protocol/json.ts';
import { MODEL_25, MODEL_3, build, call, output, textOf, user } from './request-playbook.ts';

describe('gemini request: images and files', () => {
  const PNG = 'iVBORw0KGgoAAAA=';
  const PDF = 'JVBERi0xLjQK';
  const parts = (content: unknown, model = MODEL_25) => build([user(content)], { model }).body.contents[0]?.parts;
  const file = (more: JsonObject) => [{ type: 'input_file', ...more }];

  it('inlines data in every way clients write it', () => {
    const png = { inlineData: { mimeType: 'image/png', data: PNG } };
    const pdf = { inlineData: { mimeType: 'application/pdf', data: PDF } };
    expect(
      parts([
        { type: 'input_text', text: 'See' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
      ]),
    ).toEqual([{ text: 'See' }, png]);
    expect(parts([{ type: 'input_image', image_url: `data:;base64,${PNG}`, detail: 'high' }])).toEqual([png]);
    expect(parts(file({ file_data: PDF, filename: 'a.pdf' }))).toEqual([pdf]);
    expect(parts(file({ file_data: `data:application/pdf;base64,${PDF}` }))).toEqual([pdf]);
    expect(parts(file({ file_data: `data:text/csv;base64,${btoa('a,b')}` }))).toEqual([
      { inlineData: { mimeType: 'text/csv', data: btoa('a,b') } },
    ]);
    expect(parts(file({ file_data: `data:application/json;base64,${btoa('{"a":1}')}`, filename: 'a.json' }))).toEqual([
      { text: 'a.json:\n{"a":1}' },
    ]);
    expect(parts([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } }])).toEqual([
      { inlineData: { mimeType: 'audio/mp3', data: 'AAAA' } },
    ]);
  });

  it('lets Gemini load https addresses and its own files', () => {
    expect(parts([{ type: 'input_image', image_url: 'https://a.example/b.webp?x=1' }])).toEqual([
      { fileData: { fileUri: 'https://a.example/b.webp?x=1', mimeType: 'image/webp' } },
    ]);
    expect(parts(file({ file_id: 'files/abc-1' }))).toEqual([
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc-1' } },
    ]);
    const guessed = build([user([{ type: 'input_image', image_url: 'https://a.example/picture' }])]);
    expect(guessed.body.contents[0]?.parts[0]?.fileData?.mimeType).toBe('image/jpeg');
    expect(guessed.codes).toEqual(['media_type_assumed']);
  });

  it('refuses what Gemini cannot read, and says why', () => {
    expect(() => parts([{ type: 'input_image', image_url: 'http://a.example/b.png' }])).toThrow(/https: addresses only/);
    expect(() => parts([{ type: 'input_image', file_id: 'file-openai' }])).toThrow(/cannot be resolved/);
    expect(() => parts(file({ file_data: `data:application/zip;base64,AAAA` }))).toThrow(/application\/zip/);
    expect(() => parts(file({ file_data: '%%%' }))).toThrow(/no data that can be read/);
  });

  it('warns of parts it does not know', () => {
    const { body, codes } = build([user([{ type: 'input_hologram' }, { type: 'input_text', text: 'q' }])]);
    expect(textOf(body)).toEqual(['user: q']);
    expect(codes).toEqual(['unknown_part']);
  });

  it('puts an image of a tool output into the response from Gemini 3 on, behind all responses before', () => {
    const items = [
      user('q'),
      call('a'),
      call('b'),
      output('a', [
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}` },
      ]),
      output('b'),
    ];
    const inlineData = { mimeType: 'image/png', data: PNG };
    expect(build(items, { model: MODEL_3 }).body.contents[2]?.parts[0]?.functionResponse).toEqual({
      id: 'a',
      name: 'get_weather',
      response: { output: 'Look' },
      parts: [{ inlineData }],
    });
    const old = build(items);
    expect(old.body.contents[2]?.parts.slice(2)).toEqual([{ text: 'Attached to the output of get_weather (a):' }, { inlineData }]);
    expect(old.codes).toEqual(['output_media_moved']);
  });
});
