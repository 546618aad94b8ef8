// axe on every page in every state, light and dark, narrow and wide; and nothing wider than a small phone.
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration, slide } from '../fixtures/slider';
import { pictures } from '../fixtures/pictures';
import { scan } from '../fixtures/qr';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, count, say } from '../fixtures/words';

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

    test('signing in as staff, and the list of the staff', async ({ page, shopper, server, smtp }) => {
      const { code, errors, fields, staff } = shopper.words;
      const person = newPerson();
      await server.makeAccount(person, 'admin');
      await shopper.signIn(person);
      await shopper.isAt('/sign-in/code', code.title);
      await waitForHydration(page);
      await look(page, 'sign-in/code');
      await targetsAreLarge(page, 'sign-in/code');
      await shopper.confirm(codeOf(await smtp.emailTo(person.email, 'staff-code')));
      await shopper.isAt('/account');
      await look(page, 'account of staff');
      await page.goto(`/operator/staff?lang=${shopper.language}`);
      await shopper.isAt('/operator/staff', staff.title);
      await look(page, 'operator/staff');
      await targetsAreLarge(page, 'operator/staff');
      await shopper.field(fields.login).fill(person.login);
      await shopper.press(staff.give);
      await shopper.prove(person.password);
      await shopper.press(staff.give);
      await expect(shopper.alert).toContainText(errors.role_own);
      await look(page, 'operator/staff refused');
    });

    test.describe('on a server of its own', () => {
      // Nobody else waits in the queue of this server. The refused answer is one that the page posted.
      test.use({ settings: {}, complaints: [/status of 422/] });

      test('the console', async ({ page, shopper, another }) => {
        const { console: desk, operator: t, support } = shopper.words;
        await shopper.isStaff(newPerson(), 'operator');
        const guest = await another();
        for (const words of ['Where is my parcel?', 'Longwordwithoutend'.repeat(18)]) {
          await guest.startAfresh();
          await guest.page.goto('/support');
          await guest.waitForHydration();
          await guest.page.locator('textarea[name=message]').fill(words);
          await guest.press(support.send);
          await expect(guest.page.getByRole('log')).toContainText(words);
        }
        await page.goto('/operator');
        await shopper.isAt('/operator', desk.conversations);
        await waitForHydration(page);
        await look(page, 'operator');
        await targetsAreLarge(page, 'operator');
        // Two side by side, with all sections open.
        const waiting = page.locator('#queue .waiting a');
        for (const number of [1, 2]) {
          await waiting.nth(number - 1).click();
          await expect(page.locator('.pane')).toHaveCount(number);
        }
        await waitForHydration(page);
        await page.locator('.pane summary').evaluateAll((all) => all.forEach((one) => one.closest('details')?.setAttribute('open', '')));
        await look(page, 'operator, two open');
        await targetsAreLarge(page, 'operator, two open');
        await shopper.press(page.getByRole('button', { name: t.send, exact: true }).first());
        await expect(shopper.alert.first()).toBeVisible();
        await look(page, 'operator, refused');
        await page.goto('/operator/answers');
        await shopper.isAt('/operator/answers', desk.answers);
        await look(page, 'operator/answers');
        await targetsAreLarge(page, 'operator/answers');
        await page.goto('/operator/numbers');
        await shopper.isAt('/operator/numbers', desk.numbers);
        await look(page, 'operator/numbers');
        await page.goto('/operator/assisted');
        await shopper.isAt('/operator/assisted', shopper.words.assisted.list_title);
        await look(page, 'operator/assisted');
      });
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

    test('the account', async ({ page, shopper, another }) => {
      const { account, activity, devices, fields, password, profile, errors } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await look(page, 'account');
      await targetsAreLarge(page, 'account');
      const { png } = await pictures(page);
      await page.goto('/account/profile');
      await waitForHydration(page);
      await look(page, 'profile');
      await targetsAreLarge(page, 'profile');
      await shopper.field(profile.display_name).fill('A name that is far too long. '.repeat(3));
      await shopper.field(profile.picture).setInputFiles({ ...png, buffer: Buffer.from('none') });
      await shopper.press(password.save);
      await expect(shopper.alert).toContainText(errors.check_fields);
      await look(page, 'profile refused');
      await shopper.field(profile.display_name).fill('Anna '.repeat(12));
      await shopper.field(profile.picture).setInputFiles(png);
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
      const elsewhere = await another();
      await elsewhere.signIn(person);
      await elsewhere.isAt('/account');
      await page.goto('/account/devices');
      await expect(shopper.button(devices.end_others)).toBeVisible();
      await look(page, 'devices');
      await targetsAreLarge(page, 'devices');
      await shopper.press(page.getByText(devices.rename, { exact: true }).first());
      const name = shopper.field(devices.name).first();
      await name.fill('A name that is far too long. '.repeat(3));
      await name.press('Enter');
      await expect(shopper.alert).toContainText(errors.device_name_too_long);
      await look(page, 'devices, a name refused');
      await targetsAreLarge(page, 'devices, a name refused');
      await page.goto('/account/activity');
      await shopper.isAt('/account/activity', activity.title);
      await look(page, 'activity');
      await targetsAreLarge(page, 'activity');
      await page.goto('/account/activity?kind=recovery');
      await expect(page.getByText(activity.empty)).toBeVisible();
      await look(page, 'activity, nothing of the kind');
      await page.goto('/account');
      await expect(shopper.link(account.all_activity)).toBeVisible();
      await look(page, 'account with a picture');
      await page.goto('/account/profile/password');
      await waitForHydration(page);
      await look(page, 'profile/password');
      await targetsAreLarge(page, 'profile/password');
      const change = async (old: string) => {
        await shopper.field(fields.old_password).fill(old);
        await shopper.typeNewPassword('violet kettle, twice');
        await shopper.press(password.save);
      };
      await change('not the password');
      await expect(shopper.alert).toContainText(errors.old_password_wrong);
      await look(page, 'profile/password refused');
      await change(person.password);
      await expect(page.getByText(password.changed)).toBeVisible();
      await look(page, 'profile/password changed');
    });

    test('the settings', async ({ page, shopper, smtp }) => {
      const { code, confirm, email, errors, export: copy, fields, login_name, password, recovery, settings } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await page.goto('/account/settings');
      await shopper.isAt('/account/settings', settings.title);
      await look(page, 'settings');
      await targetsAreLarge(page, 'settings');
      await shopper.follow(settings.letters_title);
      await shopper.isAt('/account/settings/letters', settings.letters_title);
      await shopper.waitForHydration();
      await look(page, 'settings/letters');
      await shopper.press(page.getByRole('switch', { name: settings.letter_signed_in }));
      await expect(shopper.button(settings.undo)).toBeVisible();
      await look(page, 'settings/letters saved');
      await targetsAreLarge(page, 'settings/letters');

      await page.goto('/account/settings/password');
      await shopper.isAt('/account/settings/password', password.by_code_title);
      await look(page, 'settings/password');
      await targetsAreLarge(page, 'settings/password');
      await shopper.press(recovery.email_a_code);
      await shopper.isAt('/account/settings/password/code', code.title);
      await look(page, 'settings/password/code');
      await shopper.confirm(await shopper.recoveryCode(person));
      await shopper.isAt('/account/settings/password/new', recovery.password_title);
      await look(page, 'settings/password/new');
      await shopper.typeNewPassword(person.password);
      await shopper.press(recovery.update_password);
      await expect(shopper.notice(password.changed)).toBeVisible();
      await look(page, 'settings, the password changed');

      await page.goto('/account/settings/email');
      await shopper.isAt('/account/confirm', confirm.title);
      await look(page, 'confirm');
      await targetsAreLarge(page, 'confirm');
      await shopper.prove('not the password');
      await expect(shopper.alert).toContainText(errors.password_wrong);
      await look(page, 'confirm refused');
      await shopper.press(recovery.email_a_code);
      await shopper.isAt('/account/confirm', code.title);
      await look(page, 'confirm with a code');
      await shopper.confirm(await shopper.recoveryCode(person));

      await shopper.isAt('/account/settings/email', email.title);
      await shopper.field(email.new_address).fill('anna@mail');
      await shopper.press(recovery.go_on);
      await expect(shopper.alert).toContainText(errors.email_malformed);
      await look(page, 'settings/email refused');
      const now = newPerson().email;
      await shopper.field(email.new_address).fill(now);
      await shopper.press(recovery.go_on);
      await shopper.isAt('/account/settings/email/code', code.title);
      await page.getByText(code.not_received).click();
      await look(page, 'settings/email/code with help');

      await page.goto('/account/settings/export');
      await shopper.isAt('/account/settings/export', copy.title);
      await look(page, 'settings/export');
      await page.goto('/account/settings/login');
      await shopper.isAt('/account/settings/login', login_name.title);
      await shopper.field(login_name.new).fill('a');
      await shopper.press(password.save);
      await expect(shopper.alert).toContainText(errors.login_too_short);
      await look(page, 'settings/login refused');
      await shopper.field(login_name.new).fill(newPerson().login);
      await shopper.press(password.save);
      await shopper.isAt('/account/settings', settings.title);
      await page.goto('/account/settings/login');
      await expect(page.getByRole('main')).toContainText(beginning(login_name.wait));
      await look(page, 'settings/login, too soon');

      await page.goto('/account/settings/email/code');
      await shopper.confirm(codeOf(await smtp.emailTo(now, 'confirm-address')));
      await expect(shopper.notice(email.changed)).toBeVisible();
      await page.goto('/account');
      await look(page, 'account with a new address');
      await expect(shopper.field(fields.code)).toHaveCount(0);
    });

    test('saved codes', async ({ page, shopper }) => {
      const { errors, recovery, backup_codes: words } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await page.goto('/account/settings/codes');
      await shopper.prove(person.password);
      await shopper.isAt('/account/settings/codes', words.title);
      await look(page, 'settings/codes, none');
      await targetsAreLarge(page, 'settings/codes');
      await shopper.press(words.make);
      await shopper.isAt('/account/settings/codes', words.fresh_title);
      await waitForHydration(page);
      await look(page, 'settings/codes, made');
      await targetsAreLarge(page, 'settings/codes, made');
      await page.goto('/account/settings/codes');
      await look(page, 'settings/codes');
      await shopper.signOut();
      await shopper.askForRecovery(person.login);
      await shopper.follow(words.use_one);
      await shopper.isAt('/recover/saved-code', words.use_title);
      await waitForHydration(page);
      await look(page, 'recover/saved-code');
      await targetsAreLarge(page, 'recover/saved-code');
      await shopper.field(words.field).fill('nonsense');
      await shopper.press(recovery.go_on);
      await expect(shopper.alert).toContainText(errors.saved_code_malformed);
      await look(page, 'recover/saved-code refused');
    });

    test('deleting the account', async ({ page, shopper }) => {
      const { deletion, errors } = shopper.words;
      const person = newPerson();
      await shopper.isSignedIn(person);
      await page.goto('/account/settings/delete');
      await shopper.prove(person.password);
      await shopper.isAt('/account/settings/delete', deletion.title);
      await look(page, 'settings/delete');
      await targetsAreLarge(page, 'settings/delete');
      await shopper.press(deletion.submit);
      await expect(shopper.alert).toContainText(errors.confirmation_wrong);
      await look(page, 'settings/delete refused');
      await shopper.field(deletion.confirm_label).fill(person.login);
      await shopper.press(deletion.submit);
      await expect(shopper.notice(beginning(deletion.started))).toBeVisible();
      await look(page, 'sign-in, deletion begun');
      await shopper.signIn(person);
      await shopper.isAt('/account/settings/delete', deletion.pending_title);
      await look(page, 'settings/delete, begun');
      await targetsAreLarge(page, 'settings/delete, begun');
      await shopper.follow(deletion.later);
      await expect(shopper.alert).toContainText(beginning(deletion.pending));
      await look(page, 'account, deletion begun');
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

    test.describe('objecting', () => {
      test.use({ complaints: [/status of 410/] });

      test('to a change of e-mail', async ({ page, shopper, smtp }) => {
        const { errors, emails, reclaim } = shopper.words;
        const person = newPerson();
        const now = newPerson().email;
        await shopper.isSignedIn(person);
        await shopper.changeEmail(person, now);
        await smtp.emailTo(now, 'address-changed');
        const link = linkOf(await smtp.emailTo(person.email, 'address-changed'));
        await page.goto(link);
        await shopper.isAt('/letter', reclaim.title);
        await look(page, 'letter');
        await targetsAreLarge(page, 'letter');
        await shopper.press(emails.not_me);
        await expect(shopper.notice(reclaim.taken_back)).toBeVisible();
        await look(page, 'recover/method, taken back');
        await page.goto(link);
        await expect(page.getByRole('main')).toContainText(errors.link_gone);
        await look(page, 'letter, used before');
        await page.goto(linkOf(await smtp.emailTo(now, 'address-changed')));
        await shopper.press(emails.not_me);
        await shopper.isAt('/letter', reclaim.frozen_title);
        await look(page, 'letter, frozen');
      });
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

test('the meter of a password', async ({ page, shopper }) => {
  const { fields, password_help } = shopper.words;
  await shopper.isSignedIn(newPerson());
  await page.goto('/account/profile/password');
  await waitForHydration(page);
  for (const [typed, verdict] of [['monkeymonkey12', password_help.weak], ['correctdonkeys', password_help.fair], [newPassword(), password_help.strong]] as const) {
    await shopper.field(fields.new_password).fill(typed);
    await expect(shopper.notice(verdict)).toBeVisible();
    await checkIn(['light', 'dark'])(page, `profile/password: ${verdict}`);
  }
});
