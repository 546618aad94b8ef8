// axe on every page before signing in, in every state, light and dark, narrow and wide; and nothing wider than a small
// phone. The other pages are in accessibility-account.spec.ts and accessibility-staff.spec.ts.
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration, slide } from '../fixtures/slider';
import { scan } from '../fixtures/qr';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { count, say } from '../fixtures/words';

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });
    test.setTimeout(120_000);
    // Colours do not depend on the language, but layout does: text in other languages is longer.
    const look = checkIn(locale === 'en-GB' ? ['light', 'dark'] : ['light']);

    test('signing in', async ({ page, shopper }) => {
      const { sign_in } = shopper.words;
      const person = newPerson();
      await page.goto('/sign-in');
      await waitForHydration(page);
      await look(page, 'sign-in');
      await targetsAreLarge(page, 'sign-in');
      for (const state of ['refused', 'refused twice']) {
        await shopper.signIn(person, 'not the password');
        await expect(shopper.alert).toBeVisible();
        await look(page, state);
      }
      await expect(shopper.link(sign_in.offer_recovery)).toBeVisible();
      await shopper.isSignedIn(person);
      await shopper.signOut();
      await expect(page.getByText(sign_in.signed_out)).toBeVisible();
      await look(page, 'signed out');
    });

    test('signing in by QR code', async ({ page, shopper, another }) => {
      const { qr } = shopper.words;
      const phone = await another();
      await phone.isSignedIn(newPerson());
      await phone.page.goto('/qr');
      await phone.isAt('/qr', qr.type_title);
      await look(phone.page, 'qr');
      await targetsAreLarge(phone.page, 'qr');
      await phone.page.goto('/qr/scan');
      await waitForHydration(phone.page);
      await look(phone.page, 'qr/scan');
      await targetsAreLarge(phone.page, 'qr/scan');
      for (const [button, there, here] of [
        [qr.deny, qr.refused_title, qr.denied_title],
        [qr.approve, qr.mistyped_title, qr.wrong_title],
      ] as const) {
        await page.goto('/sign-in/qr');
        if (button === qr.approve) await shopper.press(qr.new_code);
        await waitForHydration(page);
        await look(page, 'sign-in/qr');
        await targetsAreLarge(page, 'sign-in/qr');
        const address = await scan(page.getByRole('img', { name: qr.picture }));
        const number = await page.locator('.qr-number b').innerText();
        await phone.page.goto(address);
        await phone.isAt('/qr', qr.asks_title);
        await look(phone.page, 'qr, asked');
        await targetsAreLarge(phone.page, 'qr, asked');
        await expect(page.getByRole('heading', { level: 2, name: qr.scanned_title })).toBeVisible();
        await look(page, 'sign-in/qr, scanned');
        await phone.field(qr.number_asked).fill(number === '42' ? '43' : '42');
        await phone.press(button);
        await phone.isAt('/qr', there);
        await look(phone.page, `qr, ${there}`);
        await expect(page.getByRole('heading', { level: 2, name: here })).toBeVisible();
        await look(page, `sign-in/qr, ${here}`);
      }
      await shopper.press(qr.new_code);
      await waitForHydration(page);
      await phone.page.goto(await scan(page.getByRole('img', { name: qr.picture })));
      await phone.isAt('/qr', qr.asks_title);
      await phone.field(qr.number_asked).fill(await page.locator('.qr-number b').innerText());
      await phone.press(qr.approve);
      await phone.isAt('/qr', qr.done_title);
      await phone.page.getByText(qr.another, { exact: true }).click();
      await expect(phone.field(qr.short_code)).toBeVisible();
      await look(phone.page, `qr, ${qr.done_title}`);
      await targetsAreLarge(phone.page, `qr, ${qr.done_title}`);
    });

    test('registering', async ({ page, shopper, smtp }) => {
      const { fields, register, errors } = shopper.words;
      const person = newPerson();
      await page.goto('/register');
      await waitForHydration(page);
      await look(page, 'register');
      await targetsAreLarge(page, 'register');
      await shopper.field(fields.login).fill('a');
      await shopper.field(fields.email).fill('anna@mail');
      await shopper.field(fields.password).fill('short');
      await expect(shopper.field(fields.login)).toHaveAccessibleDescription(new RegExp(errors.login_too_short));
      await expect(shopper.field(fields.email)).toHaveAccessibleDescription(new RegExp(errors.email_malformed));
      await look(page, 'register, judged');
      await slide(page, 'click');
      // The button looks disabled, but a press reports what is missing.
      await shopper.button(register.submit).click({ force: true });
      await expect(shopper.alert).toContainText(errors.check_fields);
      await expect(shopper.field(fields.login)).toHaveAccessibleDescription(new RegExp(errors.login_too_short));
      await look(page, 'register refused');
      await shopper.field(fields.email).fill('anna@gmial.com');
      await expect(shopper.button(say(register.did_you_mean, { address: 'anna@gmail.com' }))).toBeVisible();
      await look(page, 'register, asked what was meant');
      await targetsAreLarge(page, 'register, asked what was meant');
      await shopper.startRegistration(person);
      await look(page, 'register/code');
      const code = codeOf(await smtp.emailTo(person.email, 'confirm-address'));
      await shopper.confirm(code === '000000' ? '000001' : '000000');
      await expect(shopper.alert).toBeVisible();
      await look(page, 'register/code refused');
    });

    test('recovering', async ({ page, shopper, server }) => {
      const { fields, recovery, errors, code, ui } = shopper.words;
      const person = newPerson();
      await server.makeAccount(person);
      await page.goto('/recover');
      await waitForHydration(page);
      await look(page, 'recover');
      await targetsAreLarge(page, 'recover');
      await shopper.field(fields.identifier).fill(person.email);
      await slide(page, 'end key');
      await look(page, 'recover, verified');
      await shopper.press(recovery.go_on);
      await shopper.isAt('/recover/method', recovery.method_title);
      await look(page, 'recover/method');
      await targetsAreLarge(page, 'recover/method');
      await shopper.askForCode();
      await page.getByText(code.not_received).click();
      await expect(page.getByText(code.help_junk)).toBeVisible();
      await look(page, 'recover/code with help');
      await targetsAreLarge(page, 'recover/code');
      const right = await shopper.recoveryCode(person);
      await shopper.confirm(right === '000000' ? '000001' : '000000');
      await expect(shopper.alert).toContainText(count(shopper.language, errors.code_wrong, 4));
      await look(page, 'recover/code refused');
      await shopper.confirm(right);
      await shopper.isAt('/recover/password', recovery.password_title);
      await waitForHydration(page);
      await shopper.field(fields.new_password).fill('something');
      await shopper.field(fields.new_password_again).fill('else');
      await expect(page.getByText(ui.they_differ)).toBeVisible();
      await look(page, 'recover/password');
      await targetsAreLarge(page, 'recover/password');
      await shopper.press(recovery.update_password);
      await expect(shopper.alert).toBeVisible();
      await look(page, 'recover/password refused');
      await waitForHydration(page);
      const password = newPassword();
      await shopper.field(fields.new_password).fill(password);
      await shopper.field(fields.new_password_again).fill(password);
      await expect(page.getByText(ui.they_match)).toBeVisible();
      await look(page, 'recover/password, the same');
      await shopper.chooseNewPassword(password);
      await look(page, 'recover/done');
      await targetsAreLarge(page, 'recover/done');
    });

    test.describe('with senders of the shop', () => {
      test.use({ settings: { LATCHKEY_LETTER_SENDERS: 'The shop <orders@shop.example>, payments-and-promotions@letters.shop.example' } });

      test('the forgotten login', async ({ page, shopper }) => {
        const { errors, fields, forgotten_login } = shopper.words;
        const person = newPerson();
        await page.goto('/recover/login');
        await waitForHydration(page);
        await look(page, 'recover/login');
        await targetsAreLarge(page, 'recover/login');
        await shopper.field(fields.email).fill('anna@mail');
        await slide(page, 'end key');
        await shopper.press(forgotten_login.send);
        await expect(shopper.alert).toContainText(errors.email_malformed);
        await look(page, 'recover/login refused');
        await shopper.field(fields.email).fill(person.email);
        await slide(page, 'end key');
        await shopper.press(forgotten_login.send);
        await expect(shopper.notice(forgotten_login.next)).toBeVisible();
        await page.getByText(forgotten_login.which_mailbox).click();
        await look(page, 'recover/login, sent, with hints');
      });
    });

    test('saved passwords', async ({ page, shopper }) => {
      const { saved_passwords: guide } = shopper.words;
      for (const path of ['/help/saved-passwords', '/account/saved-passwords']) {
        if (path.startsWith('/account')) await shopper.isSignedIn(newPerson());
        await page.goto(path);
        await shopper.isAt(path, guide.title);
        await waitForHydration(page);
        // Opens the steps of every browser.
        const closed = page.getByRole('main').locator('details:not([open]) > summary');
        while ((await closed.count()) > 0) await closed.first().click();
        await expect(page.getByText('about:logins', { exact: true })).toBeVisible();
        await look(page, path);
        await targetsAreLarge(page, path);
      }
    });

    test.describe('nothing there', () => {
      test.use({ complaints: [/status of 404/] });

      test('404', async ({ page, shopper }) => {
        expect((await page.goto('/no-such-page'))?.status()).toBe(404);
        await shopper.isAt('/no-such-page', shopper.words.error_page.not_found);
        await look(page, '404');
        // The development mailbox does not exist as soon as there is a mail server.
        expect((await page.goto('/dev/mail'))?.status()).toBe(404);
      });
    });

    test.describe('with limits', () => {
      test.use({ settings: { LATCHKEY_LIMITS: 'on' } });

      test('code with countdown', async ({ page, shopper, server }) => {
        const person = newPerson();
        await server.makeAccount(person);
        await shopper.askForRecovery(person.login);
        await shopper.askForCode();
        await expect(shopper.button(shopper.words.code.get_code)).toBeDisabled();
        await look(page, 'recover/code with countdown');
      });
    });

    test.describe('without a mail server', () => {
      test.use({ settings: { LATCHKEY_SMTP_URL: undefined } });

      test('the development mailbox', async ({ page, shopper }) => {
        await page.goto('/dev/mail');
        await look(page, 'dev/mail, empty');
        await shopper.startRegistration(newPerson());
        await expect(async () => {
          await page.goto('/dev/mail');
          await expect(page.getByRole('article')).toHaveCount(1, { timeout: 500 });
        }).toPass();
        await look(page, 'dev/mail');
      });
    });
  });
}
