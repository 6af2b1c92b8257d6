import { expectSupported, type Scenario } from '../scenario.ts';

/** A red square of 8 by 8 pixels. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC';

export const image: Scenario = {
  name: 'image',
  title: 'an image in the input',
  async run({ ask, model }) {
    const content = [
      { type: 'input_text', text: 'Which colour is this square? One word.' },
      { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'low' },
    ];
    const answer = await ask({ model, input: [{ role: 'user', content }], stream: true });
    expectSupported(answer, 'A request with an image');
    return 'The image was accepted.';
  },
};
