import { newPerson } from '../fixtures/person';
import { waitForHydration, drag, slide, slider, type SliderGesture } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';

const hands: SliderGesture[] = ['drag', 'click', 'arrows', 'end key'];

for (const hand of hands) {
  test(`recovery goes on after the slider was moved by ${hand}`, async ({ page, shopper }) => {
    const { recovery, human, fields } = shopper.words;
    await page.goto('/recover');
    await shopper.field(fields.identifier).fill('somebody');
    await slide(page, hand);
    await expect(slider(page)).toHaveAccessibleName(human.slide);
    await expect(slider(page)).toHaveAttribute('aria-valuetext', human.verified);
    await expect(page.getByText(human.verified, { exact: true })).toBeVisible();
    await shopper.press(recovery.go_on);
    await shopper.isAt('/recover/method', recovery.method_title);
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('recovery goes on after the slider was moved by tap', async ({ page, shopper }) => {
    const { recovery, fields } = shopper.words;
    await page.goto('/recover');
    await shopper.field(fields.identifier).fill('somebody');
    await slide(page, 'tap');
    await shopper.press(recovery.go_on);
    await shopper.isAt('/recover/method', recovery.method_title);
  });
});

test('"Continue" waits for the login and the slider, in either order', async ({ page, shopper }) => {
  const { recovery, fields } = shopper.words;
  const go_on = shopper.button(recovery.go_on);
  const login = shopper.field(fields.identifier);

  await page.goto('/recover');
  await waitForHydration(page);
  await expect(go_on).toBeDisabled();
  await login.fill('somebody');
  await expect(go_on).toBeDisabled();
  await slide(page, 'end key');
  await expect(go_on).toBeEnabled();
  await login.fill('   ');
  await expect(go_on).toBeDisabled();

  await page.reload();
  await slide(page, 'end key');
  await expect(go_on).toBeDisabled();
  await login.fill('somebody');
  await expect(go_on).toBeEnabled();
});

test('"Create account" waits for every field and the slider', async ({ page, shopper }) => {
  const { register, fields } = shopper.words;
  const person = newPerson();
  await page.goto('/register');
  await slide(page, 'end key');
  await shopper.field(fields.login).fill(person.login);
  await shopper.field(fields.email).fill(person.email);
  await expect(shopper.button(register.submit)).toBeDisabled();
  await shopper.field(fields.password).fill(person.password);
  await expect(shopper.button(register.submit)).toBeEnabled();
});

test('a handle that is let go half-way springs back', async ({ page }) => {
  await page.goto('/recover');
  await waitForHydration(page);
  await drag(page, 0.6);
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '0');
  await expect(slider(page)).not.toHaveAttribute('aria-valuetext', 'Verified');
  const handle = slider(page).locator('.handle');
  const at = async () => (await handle.boundingBox())!.x - (await slider(page).boundingBox())!.x;
  await expect.poll(at).toBeLessThan(10);
  await drag(page, 1);
  await expect(slider(page)).toHaveAttribute('aria-valuenow', '100');
  await expect.poll(at).toBeGreaterThan(100);
});

test('the bar is grey, and green at the end', async ({ page }) => {
  await page.goto('/recover');
  await waitForHydration(page);
  const colour = () => slider(page).evaluate((bar) => {
    // Converts any notation of the style sheet to the painted colour.
    const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')!;
    pixel.fillStyle = getComputedStyle(bar).backgroundColor;
    pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
    return { grey: Math.max(red, green, blue) - Math.min(red, green, blue) < 16, green: green > red && green > blue };
  });
  await expect.poll(colour).toEqual({ grey: true, green: expect.any(Boolean) });
  await slide(page, 'click');
  await expect.poll(colour).toEqual({ grey: false, green: true });
});

test('the arrows move the handle back, too', async ({ page }) => {
  await page.goto('/recover');
  await waitForHydration(page);
  await slider(page).focus();
  for (const [key, value] of [['ArrowRight', '10'], ['ArrowUp', '20'], ['ArrowLeft', '10'], ['PageUp', '40'], ['Home', '0']] as const) {
    await page.keyboard.press(key);
    await expect(slider(page)).toHaveAttribute('aria-valuenow', value);
  }
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  for (const [path, button] of [['/recover', 'Continue'], ['/register', 'Create account']] as const) {
    test(`${path} shows no slider, and "${button}" can be pressed`, async ({ page, shopper }) => {
      await page.goto(path);
      await expect(shopper.button(button)).toBeEnabled();
      await expect(page.locator('.slide')).toBeHidden();
    });
  }
});

test('a proof is good for one post only', async ({ page, shopper, request, server }) => {
  const { fields } = shopper.words;
  await page.goto('/recover');
  await shopper.field(fields.identifier).fill('somebody');
  await slide(page, 'click');
  const proof = await page.locator('input[name=proof]').inputValue();
  const own = (await page.context().cookies()).find((cookie) => cookie.name === 'browser')!;
  const post = (browser: string) =>
    request.post(`${server.origin}/api/recover`, {
      headers: { accept: 'application/json', origin: server.origin, cookie: `browser=${browser}` },
      form: { login: 'somebody', proof },
    });
  // Made for this browser only.
  expect((await post('A'.repeat(43))).status()).toBe(422);
  expect((await post(own.value)).status()).toBe(200);
  const again = await post(own.value);
  expect(again.status()).toBe(422);
  expect(await again.json()).toMatchObject({ error: 'slide_again' });
});
