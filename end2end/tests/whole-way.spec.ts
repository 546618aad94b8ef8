import { somebody } from '../fixtures/person';
import { test } from '../fixtures/test';
import { wholeWay } from '../fixtures/whole-way';

const devices = {
  desktop: { viewport: { width: 1280, height: 800 }, hasTouch: false, isMobile: false },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

for (const [device, options] of Object.entries(devices)) {
  for (const locale of ['en-GB', 'ru-RU']) {
    for (const javaScriptEnabled of [true, false]) {
      test.describe(`${device}, ${locale}, ${javaScriptEnabled ? 'with' : 'without'} script`, () => {
        test.use({ ...options, locale, javaScriptEnabled });

        test('register, forget the password, recover, sign in', async ({ shopper, smtp }) => {
          await wholeWay(shopper, smtp, somebody());
        });
      });
    }
  }
}
