// Signing in on a computer with a phone: two browsers, one account.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { scan } from '../fixtures/qr';
import type { Shopper } from '../fixtures/shopper';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

/** A phone next to the computer. */
const handset = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Opens the computer's page by its link, and reads from it what the phone needs. */
async function askedBy(computer: Shopper): Promise<{ address: string; number: string; short: string }> {
  const { qr } = computer.words;
  await computer.page.goto('/sign-in');
  await computer.follow(qr.title);
  return shownOn(computer);
}

async function shownOn(computer: Shopper): Promise<{ address: string; number: string; short: string }> {
  const { qr } = computer.words;
  await computer.isAt('/sign-in/qr', qr.title);
  const address = await scan(computer.page.getByRole('img', { name: qr.picture }));
  const number = await computer.page.locator('.qr-number b').innerText();
  const short = await computer.page.locator('.qr-short').innerText();
  expect(number).toMatch(/^\d\d$/);
  expect(short).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return { address, number, short };
}

/** Opens the address as the camera app does; it does not stay in the address bar. */
async function scanned(phone: Shopper, address: string): Promise<void> {
  await phone.page.goto(address);
  await phone.isAt('/qr');
}

async function approve(phone: Shopper, number: string): Promise<void> {
  const { qr } = phone.words;
  await phone.isAt('/qr', qr.asks_title);
  await phone.field(qr.number_asked).fill(number);
  await phone.press(qr.approve);
}

/** Without script the page reloads by itself; the new state is there after some seconds at most. */
async function becomes(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 2, name: heading, exact: true })).toBeVisible({ timeout: 15_000 });
}

/** Reloads a page. Without script it does so by itself, and another reload would interfere. */
async function loadAgain({ page, script }: Shopper): Promise<void> {
  if (script) {
    await page.reload();
    return;
  }
  // It must request the page again: the end of the first load is not enough.
  await page.waitForRequest((request) => request.isNavigationRequest());
  await page.waitForEvent('load');
}

/** Returns a number other than this one. */
function wrong(number: string): string {
  return number === '42' ? '43' : '42';
}

withAndWithoutScript(() => {
  test('a computer is signed in by the phone, and each signs out for itself', async ({ page, shopper, another, server, smtp }) => {
    const { qr, recovery, devices, events } = shopper.words;
    const person = newPerson();
    const phone = await another(handset);
    await phone.isSignedIn(person);

    // `next` is kept throughout the flow.
    await page.goto('/account/activity');
    await shopper.isAt('/sign-in');
    await shopper.follow(qr.title);
    const asked = await shownOn(shopper);
    expect(asked.address).toMatch(new RegExp(`^${server.origin}/qr/[\\w-]{43}$`));
    // A reload shows the same.
    await loadAgain(shopper);
    expect(await shownOn(shopper)).toEqual(asked);

    await scanned(phone, asked.address);
    await expect(phone.page.getByRole('main')).toContainText('Chrome, Linux');
    await expect(phone.page.getByRole('main')).toContainText('127.0.0.0/24');
    await expect(phone.page.getByRole('main')).toContainText(qr.in_front);
    await expect(phone.page.getByRole('main')).toContainText(say(qr.signed_in_as, { login: person.login }));
    await becomes(page, qr.scanned_title);

    await approve(phone, asked.number);
    await phone.isAt('/qr', qr.done_title);
    if (!shopper.script) {
      // Without script loading the page signs nobody in: a button does.
      await becomes(page, qr.approved_title);
      await shopper.press(recovery.go_on);
    }
    await shopper.isAt('/account/activity');
    await expect(page.getByText(events.qr_approved)).toBeVisible();

    const message = await smtp.emailTo(person.email, 'qr-sign-in');
    expect(message.account).toBe(person.login);
    expect(message.text).toContain('Chrome, Linux');

    // Signing out on one side does not sign out the other.
    await page.goto('/account/devices');
    await expect(shopper.button(devices.end_others)).toBeVisible();
    await shopper.press(shopper.page.getByRole('navigation').getByRole('button', { name: shopper.words.account.sign_out, exact: true }));
    await shopper.isAt('/sign-in');
    await phone.page.goto('/account');
    await phone.isAt('/account');
  });

  test('deny', async ({ page, shopper, another }) => {
    const { qr } = shopper.words;
    const phone = await another(handset);
    await phone.isSignedIn(newPerson());
    const { address } = await askedBy(shopper);
    await scanned(phone, address);
    // Both buttons have the same size.
    const sizes = await Promise.all([qr.approve, qr.deny].map(async (name) => phone.button(name).boundingBox()));
    expect(sizes[0]?.width).toBeCloseTo(sizes[1]?.width ?? 0, 0);
    expect(sizes[0]?.height).toBeCloseTo(sizes[1]?.height ?? 0, 0);
    await phone.press(qr.deny);
    await phone.isAt('/qr', qr.refused_title);
    await becomes(page, qr.denied_title);
    await phone.follow(qr.end_all);
    await phone.isAt('/account/profile/password');
    // Once more from the beginning: the next code is typed on the page where the first was refused.
    await phone.page.goto('/qr');
    await phone.isAt('/qr', qr.refused_title);
    await shopper.press(qr.new_code);
    const next = await shownOn(shopper);
    expect(next.address).not.toBe(address);
    await phone.field(qr.short_code).fill(next.short);
    await phone.press(shopper.words.recovery.go_on);
    await phone.isAt('/qr', qr.asks_title);
  });

  test('a wrong number ends it', async ({ page, shopper, another }) => {
    const { qr } = shopper.words;
    const phone = await another(handset);
    await phone.isSignedIn(newPerson());
    const { address, number } = await askedBy(shopper);
    await scanned(phone, address);
    await approve(phone, wrong(number));
    await phone.isAt('/qr', qr.mistyped_title);
    await becomes(page, qr.wrong_title);
    await scanned(phone, address);
    await phone.isAt('/qr', qr.mistyped_title);
    await page.goto('/account');
    await shopper.isAt('/sign-in');
  });

  test('a second scanner is told', async ({ page, shopper, another }) => {
    const { qr } = shopper.words;
    const [phone, second] = [await another(handset), await another(handset)];
    await phone.isSignedIn(newPerson());
    await second.isSignedIn(newPerson());
    const { address, number } = await askedBy(shopper);
    await scanned(phone, address);
    await scanned(second, address);
    await second.isAt('/qr', qr.taken_title);
    await expect(second.field(qr.number_asked)).toHaveCount(0);
    await approve(phone, number);
    await phone.isAt('/qr', qr.done_title);
    if (!shopper.script) {
      await becomes(page, qr.approved_title);
      await shopper.press(shopper.words.recovery.go_on);
    }
    await shopper.isAt('/account');
  });

  test('another browser neither hears nor collects', async ({ page, shopper, another, server }) => {
    const { qr } = shopper.words;
    const [phone, thief] = [await another(handset), await another()];
    await phone.isSignedIn(newPerson());
    const asked = await askedBy(shopper);
    const theirs = await askedBy(thief);
    expect(theirs.address).not.toBe(asked.address);
    // A relayed code does not help its sender: it signs in only the browser that requested it.
    await scanned(phone, asked.address);
    await becomes(page, qr.scanned_title);
    expect((await thief.page.request.post('/api/qr_collect', { form: {}, headers: { accept: 'application/json', origin: server.origin } })).status()).toBe(410);
    const stranger = await another();
    expect((await stranger.page.request.get('/sign-in/qr/stream')).status()).toBe(404);
    await loadAgain(thief);
    expect((await shownOn(thief)).address).toBe(theirs.address);
    await approve(phone, asked.number);
    await phone.isAt('/qr', qr.done_title);
    await thief.page.goto('/account');
    await thief.isAt('/sign-in');
  });

  test('the phone signs in first, and may be somebody else', async ({ page, shopper, another, server }) => {
    const { fields, qr, sign_in } = shopper.words;
    const [anna, bert] = [newPerson(), newPerson()];
    await server.makeAccount(anna);
    await server.makeAccount(bert);
    const phone = await another(handset);
    const { address, number } = await askedBy(shopper);
    await phone.page.goto(address);
    for (const person of [anna, bert]) {
      await phone.isAt('/sign-in');
      await phone.field(fields.identifier).fill(person.login);
      await phone.field(fields.password).fill(person.password);
      await phone.press(sign_in.title);
      await phone.isAt('/qr');
      // An account that was created on the command line uses English until its owner changes it.
      if (phone.language !== 'en') await phone.page.goto(`/qr?lang=${phone.language}`);
      await expect(phone.page.getByRole('main')).toContainText(say(qr.signed_in_as, { login: person.login }));
      if (person === anna) await phone.press(qr.not_you);
    }
    await approve(phone, number);
    await phone.isAt('/qr', qr.done_title);
    if (!shopper.script) {
      await becomes(page, qr.approved_title);
      await shopper.press(shopper.words.recovery.go_on);
    }
    await shopper.isAt('/account');
    await expect(page.getByRole('main')).toContainText(bert.email);
  });

  test('a typed code asks for the password', async ({ page, shopper, another }) => {
    const { errors, fields, qr, recovery } = shopper.words;
    const person = newPerson();
    const phone = await another(handset);
    await phone.isSignedIn(person);
    const { number, short } = await askedBy(shopper);
    await phone.page.goto('/qr');
    await phone.isAt('/qr', qr.type_title);
    await phone.field(qr.short_code).fill('0000 0000');
    await phone.press(recovery.go_on);
    await expect(phone.alert).toContainText(errors.short_code_wrong);
    await phone.field(qr.short_code).fill(short.toLowerCase());
    await phone.press(recovery.go_on);
    await phone.isAt('/qr', qr.asks_title);
    await expect(phone.page.getByRole('main')).toContainText(qr.why_typed);
    await phone.field(fields.password).fill('not the password');
    await approve(phone, number);
    await expect(phone.alert).toContainText(errors.password_wrong);
    await phone.field(fields.password).fill(person.password);
    await approve(phone, number);
    await phone.isAt('/qr', qr.done_title);
    if (!shopper.script) {
      await becomes(page, qr.approved_title);
      await shopper.press(recovery.go_on);
    }
    await shopper.isAt('/account');
  });

  test('recovery leads to the code, too', async ({ page, shopper, server }) => {
    const { qr, recovery } = shopper.words;
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.press(page.getByRole('link', { name: recovery.use_device, exact: true }));
    await shownOn(shopper);
    await shopper.follow(qr.with_password);
    await shopper.isAt('/sign-in');
  });
});

test('seconds are counted down, and the phone can scan by itself where it is able to', async ({ page, shopper, another }) => {
  const { qr } = shopper.words;
  await askedBy(shopper);
  await shopper.waitForHydration();
  await expect(page.locator('.qr-time .digits')).toHaveText(/^1:\d\d$/, { timeout: 10_000 });
  const phone = await another(handset);
  await phone.isSignedIn(newPerson());
  await phone.page.goto('/qr');
  await phone.follow(qr.scan);
  await phone.isAt('/qr/scan', qr.scan);
  await phone.waitForHydration();
  const able = await phone.page.evaluate(() => 'BarcodeDetector' in window);
  await expect(phone.button(qr.start_camera)).toBeVisible({ visible: able });
  // The text occurs twice: once for browsers without script.
  await expect(phone.page.getByText(qr.scan_none).filter({ visible: true })).toHaveCount(able ? 0 : 1);
});

test('the account can be kept on the home screen', async ({ page }) => {
  await page.goto('/sign-in');
  const manifest = await (await page.request.get('/manifest.webmanifest')).json();
  for (const { src, sizes } of manifest.icons) {
    const icon = await page.request.get(src);
    expect(icon.headers()['content-type']).toBe('image/png');
    // The width and height in the header of a PNG.
    const bytes = await icon.body();
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
  expect((await page.request.get('/apple-touch-icon.png')).status()).toBe(200);
});
