// The support chat from the shopper's side, without an operator's answer. Both sides together are in operator.spec.ts.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { hide, listens } from '../fixtures/tabs';
import { checkIn } from '../fixtures/page-check';
import { newPerson } from '../fixtures/person';
import { pictures } from '../fixtures/pictures';
import type { Server } from '../fixtures/server';
import type { Shopper } from '../fixtures/shopper';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, say, words } from '../fixtures/words';

// A separate server: where an operator exists, other pages have an additional link. Refused input that is too long to
// be sent back is answered by a page of its own, which the browser reports as well.
test.use({ settings: {}, complaints: [/status of 422/] });

/** Creates an operator who could answer. */
async function staffed(server: Server): Promise<void> {
  const oleg = newPerson();
  await server.makeAccount(oleg);
  await server.run(['account', 'set-role', oleg.login, 'operator']);
}

async function write(shopper: Shopper, message: string): Promise<void> {
  const { support } = shopper.words;
  await shopper.field(support.message).fill(message);
  await shopper.press(support.send);
}

async function begin(shopper: Shopper, message: string): Promise<void> {
  await shopper.page.goto('/support');
  await shopper.waitForHydration();
  await write(shopper, message);
  await expect(log(shopper)).toContainText(message);
}

function log(shopper: Shopper) {
  return shopper.page.getByRole('log');
}

const looksGood = checkIn(['light', 'dark'], true);

test('where nobody answers, the contact of the shop is shown', async ({ page, shopper }) => {
  await page.goto('/support');
  await shopper.isAt('/support', words.en.support.none_title);
  await expect(page.getByRole('textbox')).toHaveCount(0);
});

withAndWithoutScript(() => {
  test.beforeEach(({ server }) => staffed(server));

  test('begins from a recovery, goes on, and is there again', async ({ page, context, shopper }) => {
    const { support } = shopper.words;
    const other = words[shopper.language === 'en' ? 'ru' : 'en'];
    await shopper.askForRecovery('anna.of.old');
    await shopper.follow(support.method);
    await shopper.isAt('/support', support.title);
    await expect(page.getByRole('main')).toContainText(support.never_tell);
    // What was entered before need not be entered again.
    await expect(shopper.field(support.account)).toHaveValue('anna.of.old');
    await expect(shopper.choice(support.topic)).toHaveValue('password');
    await shopper.waitForHydration();
    await write(shopper, 'Не могу войти 🙁\nи почты больше нет.');
    await expect(log(shopper)).toContainText('и почты больше нет.');
    await expect(page.getByText(support.waiting)).toBeVisible();
    await write(shopper, 'Это я, Анна.');
    await expect(log(shopper)).toContainText('Это я, Анна.');
    await expect(shopper.field(support.message)).toHaveValue('');

    await page.reload();
    await expect(log(shopper)).toContainText('Это я, Анна.');
    await expect(log(shopper).locator('.own')).toHaveCount(2);
    await shopper.press(shopper.language === 'en' ? 'Русский' : 'English');
    await shopper.isAt('/support', other.support.title);
    await expect(log(shopper)).toContainText('Это я, Анна.');
    // A browser that was closed and opened again has its cookies.
    const later = await context.newPage();
    await later.goto('/support');
    await expect(later.getByRole('log')).toContainText('Это я, Анна.');
    // The recovery continues, too.
    await page.goto('/recover/method');
    await expect(page.getByRole('heading', { level: 1, name: other.recovery.method_title })).toBeVisible();
  });

  test('nobody else reads it', async ({ shopper, another }) => {
    await begin(shopper, 'For support only.');
    const stranger = await another();
    await stranger.page.goto('/support');
    await stranger.isAt('/support', stranger.words.support.title);
    await expect(stranger.page.getByRole('main')).not.toContainText('For support only.');
    const stream = await stranger.page.request.get('/support/stream');
    expect(stream.status()).toBe(404);
  });

  test('everything in it is text', async ({ page, shopper }) => {
    const { errors, support } = shopper.words;
    const evil = '</textarea><script>document.title = "ran"</script><img src=x onerror="document.title = \'ran\'">';
    await begin(shopper, evil);
    await write(shopper, '\u202eevil\u202c https://evil.example/');
    await expect(log(shopper)).toContainText('evil https://evil.example/');
    await expect(log(shopper).getByRole('link')).toHaveCount(0);
    await expect(log(shopper).locator('img, script')).toHaveCount(0);
    await expect(page).not.toHaveTitle('ran');

    // Far too long: refused, and kept to be shortened.
    const long = 'ж'.repeat(10_000);
    await write(shopper, long);
    await expect(shopper.alert).toContainText(errors.message_too_long);
    await expect(shopper.field(support.message)).toHaveValue(long);
    await expect(shopper.field(support.message)).toHaveAttribute('aria-invalid', 'true');
    await write(shopper, 'Shorter.');
    await expect(log(shopper)).toContainText('Shorter.');
    await expect(shopper.alert).toHaveCount(0);
  });

  test('a code is hidden, and one is told so', async ({ shopper }) => {
    const { support } = shopper.words;
    await begin(shopper, 'I have a letter.');
    await write(shopper, 'Here it is: 123456');
    await expect(log(shopper)).toContainText('Here it is:');
    await expect(log(shopper)).not.toContainText('123456');
    await expect(log(shopper)).toContainText('Here it is: ••••••');
    await expect(log(shopper)).toContainText(support.happened.code_hidden);
  });

  test('a screenshot', async ({ page, shopper }) => {
    const { errors, support } = shopper.words;
    await begin(shopper, 'Look:');
    const { png } = await pictures(page);
    await shopper.field(support.picture).setInputFiles(png);
    await write(shopper, 'What is this?');
    const picture = log(shopper).getByRole('img', { name: support.picture_of_you });
    await expect(picture).toBeVisible();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);
    await shopper.field(support.picture).setInputFiles({ ...png, buffer: Buffer.from('<svg/>') });
    await write(shopper, 'And this?');
    await expect(shopper.alert).toContainText(errors.picture_unknown);
    await expect(shopper.field(support.message)).toHaveValue('And this?');
  });

  test('an e-mail when an answer waits', async ({ page, shopper, smtp }) => {
    const { fields, recovery, support } = shopper.words;
    const person = newPerson();
    await begin(shopper, 'I shall be away.');
    await page.goto('/support');
    await shopper.follow(support.email_ask);
    await shopper.isAt('/support/email', support.email_title);
    await shopper.field(fields.email).fill(person.email);
    await shopper.press(recovery.go_on);
    await shopper.isAt('/support/email/code', support.email_code_title);
    await shopper.confirm(codeOf(await smtp.emailTo(person.email, 'confirm-address')));
    await shopper.isAt('/support', support.title);
    await expect(page.getByText(say(support.email_on, { email: person.email }))).toBeVisible();
    await shopper.press(support.email_off);
    await expect(page.getByText(beginning(support.email_on))).toHaveCount(0);
  });

  test('ends, goes on, and begins anew', async ({ page, shopper }) => {
    const { support } = shopper.words;
    await begin(shopper, 'The first.');
    await shopper.press(support.end);
    await expect(page.getByText(support.is_closed)).toBeVisible();
    await shopper.waitForHydration();
    await write(shopper, 'One more thing.');
    await expect(log(shopper)).toContainText('One more thing.');
    await expect(page.getByText(support.is_closed)).toHaveCount(0);
    await shopper.press(support.end);
    await shopper.follow(support.new);
    await shopper.waitForHydration();
    await write(shopper, 'The second.');
    await expect(log(shopper)).toContainText('The second.');
    await expect(log(shopper)).not.toContainText('The first.');
    await shopper.press(support.leave);
    await expect(shopper.notice(support.left)).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('The second.');
  });

  test('signed in, it is on every device', async ({ page, shopper, another }) => {
    const { account, settings, support } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/settings');
    await shopper.isAt('/account/settings', settings.title);
    await page.getByRole('link', { name: support.title, exact: true }).click();
    await expect(page.getByText(say(support.own_account, { login: person.login }))).toBeVisible();
    await shopper.waitForHydration();
    await write(shopper, 'From the desk.');
    await expect(log(shopper)).toContainText('From the desk.');
    const phone = await another();
    await phone.signIn(person);
    await phone.isAt('/account');
    await phone.page.goto('/support');
    await expect(log(phone)).toContainText('From the desk.');
    await phone.waitForHydration();
    await write(phone, 'From the phone.');
    await expect(log(phone)).toContainText('From the phone.');
    // Live with script, otherwise after a reload.
    if (!shopper.script) await shopper.follow(support.look);
    await expect(log(shopper)).toContainText('From the phone.');
    await expect(log(shopper).locator('.own')).toHaveCount(2);
    // The next user of this browser sees that a conversation exists, but not its content.
    await page.goto('/account/devices');
    await shopper.press(page.getByRole('navigation').getByRole('button', { name: account.sign_out, exact: true }));
    await shopper.isAt('/sign-in');
    await page.goto('/support');
    await expect(page.getByText(support.locked)).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('From the desk.');
    await shopper.signIn(person);
    await shopper.isAt('/account');
    await page.goto('/support');
    await expect(log(shopper)).toContainText('From the desk.');
  });
});

test.describe('looked at', () => {
  test.beforeEach(({ server }) => staffed(server));

  for (const locale of ['en-GB', 'ru-RU']) {
    test.describe(locale, () => {
      test.use({ locale });
      test.setTimeout(120_000);

      test('every screen', async ({ page, shopper }) => {
        const { support } = shopper.words;
        await page.goto('/support');
        await shopper.waitForHydration();
        await looksGood(page, 'support, before');
        await shopper.press(support.send);
        await expect(shopper.alert).toContainText(shopper.words.errors.message_missing);
        await looksGood(page, 'support, refused');
        await begin(shopper, 'Longwordwithoutend'.repeat(18));
        await write(shopper, '123456');
        await looksGood(page, 'support');
        await page.goto('/support/email');
        await looksGood(page, 'support/email');
        await page.goto('/support');
        await shopper.press(support.end);
        await expect(page.getByText(support.is_closed)).toBeVisible();
        await looksGood(page, 'support, ended');
      });
    });
  }

  test('by keyboard alone', async ({ page, shopper }) => {
    const { support } = words.en;
    await page.goto('/support');
    await shopper.waitForHydration();
    await shopper.field(support.message).focus();
    await page.keyboard.type('Typed.');
    // Before the first message Enter inserts a new line; afterwards it sends.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(log(shopper)).toContainText('Typed.');
    await shopper.waitForHydration();
    await shopper.field(support.message).focus();
    await page.keyboard.type('One line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('and another.');
    await page.keyboard.press('Enter');
    await expect(log(shopper)).toContainText('and another.');
    await expect(shopper.field(support.message)).toBeFocused();
    await expect(shopper.field(support.message)).toHaveValue('');
  });
});

test.describe('over a slow line', () => {
  test('what is typed meanwhile stays, and is the next message', async ({ page, shopper, server }) => {
    const { support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const box = shopper.field(support.message);
    const nonce = page.locator('.message-form input[name=nonce]');
    const pending = log(shopper).locator('.pending');
    const first = await nonce.inputValue();
    const arrive = await hold(page);
    await write(shopper, 'The first.');
    await expect(pending).toContainText('The first.');
    await expect(pending).toContainText(support.sending);
    // It is shown once: the box is empty for the next one.
    await expect(box).toHaveValue('');
    // A second press sends no second message.
    await box.press('Enter');
    await shopper.press(support.send);
    await expect(shopper.alert).toHaveCount(0);
    await expect(pending).toHaveCount(1);
    await box.fill('The second, half');
    arrive();
    await expect(pending).toHaveCount(0);
    await expect(log(shopper)).toContainText('The first.');
    await expect(nonce, 'the first was taken').not.toHaveValue(first);
    await expect(box).toHaveValue('The second, half');
    await box.pressSequentially(' done.');
    await box.press('Enter');
    await expect(log(shopper)).toContainText('The second, half done.');
    await expect(pending).toHaveCount(0);
    await expect(box).toHaveValue('');
    // Without text Enter does nothing; the button reports it.
    await box.press('Enter');
    await expect(shopper.alert).toHaveCount(0);
    await expect(log(shopper).locator('.own')).toHaveCount(3);
    await expect(async () => {
      await shopper.press(support.send);
      await expect(shopper.alert).toContainText(words.en.errors.message_missing, { timeout: 1_000 });
    }).toPass();
    await expect(log(shopper).locator('.own')).toHaveCount(3);
  });

  test('several that are sent meanwhile arrive in their order, each once', async ({ page, shopper, server }) => {
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const arrive = await hold(page);
    for (const message of ['one', 'two', 'three']) await write(shopper, message);
    await expect(log(shopper).locator('.pending')).toHaveText([/one/, /two/, /three/]);
    arrive();
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await expect(log(shopper).locator('.own .text')).toHaveText(['Before.', 'one', 'two', 'three']);
  });

  test('what is refused comes back into the box, with its picture', async ({ page, shopper, server }) => {
    const { errors, support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const arrive = await hold(page);
    await shopper.field(support.picture).setInputFiles({ name: 'odd.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
    await write(shopper, 'What is this?');
    await expect(log(shopper).locator('.pending')).toContainText('What is this?');
    await expect(log(shopper).locator('.pending')).toContainText('odd.png');
    await expect(shopper.field(support.message)).toHaveValue('');
    await expect(shopper.field(support.picture)).toHaveValue('');
    arrive();
    await expect(shopper.field(support.picture)).toHaveAccessibleDescription(new RegExp(errors.picture_unknown));
    await expect(shopper.field(support.message)).toHaveValue('What is this?');
    await expect(shopper.field(support.picture)).toHaveValue(/odd\.png$/);
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
  });

  test('what is refused while something else is written stays, and can be sent again', async ({ page, shopper, server }) => {
    const { errors, support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const box = shopper.field(support.message);
    const pending = log(shopper).locator('.pending');
    const long = 'ж'.repeat(10_000);
    const arrive = await hold(page);
    await write(shopper, long);
    await expect(pending).toHaveCount(1);
    await box.fill('Something else');
    arrive();
    await expect(pending).toContainText(errors.message_too_long);
    await expect(pending).not.toContainText(support.sending);
    await expect(box, 'nobody is disturbed').toHaveValue('Something else');
    await checkIn(['light'])(page, 'support, not sent');
    await box.press('Enter');
    await expect(log(shopper).locator('.own:not(.pending) .text')).toHaveText(['Before.', 'Something else']);
    // By keyboard: again, and because the box is empty now the text returns there.
    await shopper.button(support.not_sent).focus();
    await page.keyboard.press('Enter');
    await expect(box).toHaveValue(long);
    await expect(box).toBeFocused();
    await expect(box).toHaveAccessibleDescription(new RegExp(errors.message_too_long));
    await expect(pending).toHaveCount(0);
    await box.fill('Short.');
    await box.press('Enter');
    await expect(log(shopper).locator('.own:not(.pending) .text')).toHaveText(['Before.', 'Something else', 'Short.']);
  });
});

/** Holds the next message back; returns the function that releases it. */
async function hold(page: Page): Promise<() => void> {
  let arrive = (): void => undefined;
  const held = new Promise<void>((done) => {
    arrive = done;
  });
  await page.route(
    '**/api/support_send',
    async (route) => {
      await held;
      await route.continue();
    },
    { times: 1 },
  );
  return arrive;
}

test.describe('in a window that nobody looks at', () => {
  test('what came is seen when somebody looks', async ({ page, shopper, server }) => {
    const seen: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/support_seen')) seen.push(request.postData() ?? '');
    });
    await staffed(server);
    await page.clock.install();
    const listening = listens(page);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    await listening;
    await hide(page, true);
    await write(shopper, 'Written, and left.');
    await expect(log(shopper)).toContainText('Written, and left.');
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await page.clock.runFor(2_000);
    expect(seen).toEqual([]);
    await hide(page, false);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatch(/^last=\d+\.2$/);
  });
});

test.describe('while the server is away', () => {
  test.use({ complaints: [/net::ERR_/] });

  test('what was written arrives afterwards, once', async ({ page, shopper, server }) => {
    const { support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    await server.kill();
    await expect(page.getByText(support.lost)).toBeVisible();
    await write(shopper, 'Written meanwhile.');
    await expect(page.getByText(support.unsent)).toBeVisible();
    await expect(log(shopper).locator('.pending')).toContainText('Written meanwhile.');
    await server.start();
    await expect(log(shopper).locator('.own:not(.pending)')).toHaveText([/Before\./, /Written meanwhile\./], { timeout: 30_000 });
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await expect(page.getByText(support.lost)).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText(support.unsent)).toBeHidden({ timeout: 30_000 });
    await page.reload();
    await expect(log(shopper).locator('.own')).toHaveCount(2);
  });
});
