// The support chat from the shopper's side, without an operator's answer. Both sides together are in operator.spec.ts,
// and messages that are on their way in support-sending.spec.ts.
import { withAndWithoutScript } from '../fixtures/variants';
import { checkIn } from '../fixtures/page-check';
import { newPerson } from '../fixtures/person';
import { pictures } from '../fixtures/pictures';
import { codeOf } from '../fixtures/smtp';
import { begin, log, staffed, write } from '../fixtures/support';
import { expect, test } from '../fixtures/test';
import { beginning, say, words } from '../fixtures/words';

// A separate server: where an operator exists, other pages have an additional link. Refused input that is too long to
// be sent back is answered by a page of its own, which the browser reports as well.
test.use({ settings: {}, complaints: [/status of 422/] });

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
