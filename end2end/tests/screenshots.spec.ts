// The README's pictures: `UPDATE_PICTURES=1 make test` takes them again.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { waitForHydration, drag } from '../fixtures/slider';
import { test } from '../fixtures/test';
import { words } from '../fixtures/words';

test.use({
  viewport: { width: 640, height: 720 },
  deviceScaleFactor: 1,
  settings: { LATCHKEY_LIMITS: 'on' },
});

const anna = { login: 'anna', email: 'anna@mail.example', password: 'violet kettle, once' };

async function picture(page: Page, name: string): Promise<void> {
  // Down to the end of the last card, list or paragraph.
  const ends = await page.locator('main :is(.card, li, p)').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().bottom));
  const { width, height } = page.viewportSize() ?? { width: 640, height: 720 };
  await page.screenshot({
    path: join(__dirname, '../../docs/pictures', `${name}.png`),
    clip: { x: 0, y: 0, width, height: Math.min(height, Math.ceil(Math.max(...ends) + 32)) },
    animations: 'disabled',
    caret: 'hide',
  });
}

test('the pictures of the README', async ({ page, shopper, server }) => {
  await server.makeAccount(anna);
  await page.goto('/sign-in');
  await waitForHydration(page);
  await picture(page, 'sign-in');

  await page.goto('/recover');
  await shopper.field('Login or e-mail').fill('anna@mail.example');
  await waitForHydration(page);
  await drag(page, 1);
  await page.getByText('Verified', { exact: true }).waitFor();
  await picture(page, 'recover');

  await shopper.press('Continue');
  await shopper.isAt('/recover/method');
  await shopper.askForCode();
  await waitForHydration(page);
  await shopper.field('Code').fill('482');
  await page.getByText('0:57', { exact: true }).waitFor();
  await picture(page, 'code');
});

/** Another browser of Anna's. */
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const wide = { width: 1120, height: 800 };
const phone = { viewport: { width: 360, height: 780 }, isMobile: true, hasTouch: true };

test.describe('the account', () => {
  test.use({ viewport: wide, timezoneId: 'Europe/Berlin' });

  test('in pictures', async ({ page, shopper, another, server }) => {
    const { activity, password, profile, settings } = shopper.words;
    await server.makeAccount(anna);
    const elsewhere = await another({ userAgent: firefox });
    await elsewhere.signIn(anna);
    await elsewhere.isAt('/account');
    await shopper.signIn(anna);
    await shopper.isAt('/account');
    await page.goto('/account/profile');
    await waitForHydration(page);
    await shopper.field(profile.display_name).fill('Anna');
    await picture(page, 'profile');
    await shopper.press(password.save);
    await shopper.notice(profile.saved).waitFor();

    await page.goto('/account');
    await shopper.isAt('/account');
    await picture(page, 'account');
    await page.goto('/account/devices');
    await shopper.isAt('/account/devices');
    await picture(page, 'devices');
    await shopper.follow(shopper.side(activity.title));
    await shopper.isAt('/account/activity', activity.title);
    await picture(page, 'activity');
    await shopper.follow(shopper.side(settings.title));
    await shopper.isAt('/account/settings', settings.title);
    await picture(page, 'settings');
    await page.goto('/account/saved-passwords');
    await waitForHydration(page);
    await picture(page, 'saved-passwords');
  });
});

test.describe('on a phone', () => {
  test.use({ ...phone, locale: 'ru-RU', timezoneId: 'Europe/Moscow' });

  test('in Russian', async ({ page, shopper }) => {
    const { password, profile } = words.ru;
    await shopper.isSignedIn(anna);
    await page.goto('/account/profile');
    await waitForHydration(page);
    await shopper.field(profile.display_name).fill('Анна');
    await shopper.press(password.save);
    await shopper.notice(profile.saved).waitFor();
    await page.goto('/account');
    await shopper.isAt('/account');
    await picture(page, 'account-phone-ru');
  });
});

test.describe('on a phone', () => {
  test.use({ ...phone, settings: { LATCHKEY_LETTER_SENDERS: 'The shop <orders@shop.example>, offers@shop.example' } });

  test('the forgotten login', async ({ page, shopper }) => {
    await page.goto('/recover/login');
    await waitForHydration(page);
    await shopper.field('E-mail').fill('anna@mail.example');
    await page.getByText(shopper.words.forgotten_login.which_mailbox).click();
    await picture(page, 'forgotten-login-phone');
  });
});

test.describe('with the help of others', () => {
  test.use({ viewport: wide, settings: {} });

  test('the chat, the console and the QR code', async ({ page, shopper, another, server }) => {
    const { operator: desk, support } = shopper.words;
    const olga = { login: 'olga', email: 'olga@mail.example', password: 'paper lantern, twice' };
    await server.makeAccount(anna);
    await shopper.isStaff(olga, 'operator');

    const boris = await another();
    await boris.page.goto('/support');
    await boris.waitForHydration();
    await boris.choice(support.topic).selectOption({ label: support.topics.order });
    await boris.page.locator('textarea[name=message]').fill('Where is my parcel?');
    await boris.press(support.send);
    await boris.page.getByRole('log').getByText('Where is my parcel?').waitFor();

    const guest = await another({ ...phone, locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
    await guest.page.goto('/support');
    await guest.waitForHydration();
    await guest.choice(words.ru.support.topic).selectOption({ label: words.ru.support.topics.email });
    await guest.field(words.ru.support.account).fill(anna.login);
    await guest.page.locator('textarea[name=message]').fill('Здравствуйте! Пароль забыла, а той почты больше нет.');
    await guest.press(words.ru.support.send);

    await page.goto('/operator');
    await waitForHydration(page);
    await page.locator('#queue .waiting a').last().click();
    await page.locator('.pane').waitFor();
    await waitForHydration(page);
    await shopper.press(desk.take);
    await page.getByText(desk.taken_by_you).first().waitFor();
    await shopper.field(desk.your_answer).fill('Здравствуйте! Поможем. Когда вы примерно зарегистрировались?');
    await shopper.press(desk.send);
    await guest.page.getByRole('log').getByText('Поможем').waitFor();
    await page.getByText(desk.seen).waitFor();
    await page.locator('#queue').getByText(desk.state_answered).waitFor();
    await page.setViewportSize({ width: 1120, height: 700 });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(__dirname, '../../docs/pictures/operator.png'), animations: 'disabled', caret: 'hide' });
    await guest.page.evaluate(() => scrollTo(0, 0));
    await picture(guest.page, 'support-phone-ru');

    const computer = await another({ viewport: { width: 640, height: 900 } });
    await computer.page.goto('/sign-in/qr');
    await waitForHydration(computer.page);
    await picture(computer.page, 'sign-in-qr');
  });
});
