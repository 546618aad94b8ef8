// axe on every page of the account in every state, light and dark, narrow and wide; and nothing wider than a small
// phone.
import { checkIn, targetsAreLarge } from '../fixtures/page-check';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { pictures } from '../fixtures/pictures';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning } from '../fixtures/words';

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });
    test.setTimeout(120_000);
    // Colours do not depend on the language, but layout does: text in other languages is longer.
    const look = checkIn(locale === 'en-GB' ? ['light', 'dark'] : ['light']);

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
