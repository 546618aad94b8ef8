// "This was not me": the link in the letter about a changed e-mail address takes the account back.
import { withAndWithoutScript } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

withAndWithoutScript(() => {
  // The page of a used link answers 410.
  test.use({ complaints: [/status of 410/] });

  test('"This was not me" takes the account back from a thief who knew the password', async ({ page, shopper, another, smtp }) => {
    const { code, errors, emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const [first, second] = [newPerson().email, newPerson().email];
    await shopper.isSignedIn(person);
    const thief = await another();
    await thief.signIn(person);
    await thief.isAt('/account');
    await thief.changeEmail(person, first);
    // Another change does not help the thief.
    await thief.changeEmail(person, second);
    const link = linkOf(await smtp.emailTo(person.email, 'address-changed'));

    // Following the link does nothing: mail programs follow links, too. Nor does it stay in the address.
    const owner = await another();
    for (let time = 0; time < 2; time += 1) {
      await owner.page.goto(link);
      await owner.isAt('/letter', reclaim.title);
    }
    await expect(owner.page.getByRole('main')).toContainText(say(reclaim.take_back, { login: person.login, address: person.email }));
    await thief.page.reload();
    await thief.isAt('/account/settings');
    await expect(thief.page.getByRole('main')).toContainText(second);

    // The button does, and leads to a new password.
    await owner.press(emails.not_me);
    await owner.isAt('/recover/method', recovery.method_title);
    await expect(owner.notice(reclaim.taken_back)).toBeVisible();
    await expect(owner.page.getByRole('main')).toContainText(say(recovery.email_to_login, { login: person.login }));
    for (const out of [thief, shopper]) {
      await out.page.goto('/account');
      await expect(out.page).toHaveURL('/sign-in?next=%2Faccount');
    }
    // Neither the old password nor the thief's addresses let the thief in again.
    for (const login of [person.login, second]) {
      await thief.signIn({ ...person, login });
      await expect(thief.alert).toContainText(errors.bad_credentials);
    }
    await owner.askForCode();
    await owner.confirm(await owner.recoveryCode(person));
    await owner.isAt('/recover/password', recovery.password_title);
    const password = newPassword();
    await owner.chooseNewPassword(password);
    await owner.signIn(person, password);
    await owner.isAt('/account');
    await expect(owner.page.getByRole('main')).toContainText(person.email);

    // The link works once.
    await page.goto(link);
    await expect(page.getByRole('main')).toContainText(errors.link_gone);
    await expect(shopper.button(emails.not_me)).toHaveCount(0);
    await expect(shopper.button(code.confirm)).toHaveCount(0);
  });

  test('"This was not me" stops a change that was only begun', async ({ shopper, another, smtp }) => {
    const { emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const wanted = newPerson().email;
    await shopper.isSignedIn(person);
    const thief = await another();
    await thief.signIn(person);
    await thief.isAt('/account');
    await thief.askForEmail(person, wanted);
    const code = codeOf(await smtp.emailTo(wanted, 'confirm-address'));
    await shopper.page.goto(linkOf(await smtp.emailTo(person.email, 'address-changing')));
    await shopper.isAt('/letter', reclaim.title);
    await shopper.press(emails.not_me);
    await shopper.isAt('/recover/method', recovery.method_title);
    // The code that the thief waited for opens nothing.
    await thief.confirm(code);
    await thief.isAt('/sign-in');
    await shopper.askForCode();
    await shopper.confirm(await shopper.recoveryCode(person));
    await shopper.isAt('/recover/password', recovery.password_title);
  });

  test('an account that two addresses claim is frozen', async ({ shopper, another, smtp }) => {
    const { errors, emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const now = newPerson().email;
    await shopper.isSignedIn(person);
    await shopper.changeEmail(person, now);
    await smtp.emailTo(now, 'address-changed');
    const elsewhere = await another();
    await elsewhere.page.goto(linkOf(await smtp.emailTo(person.email, 'address-changed')));
    await elsewhere.press(emails.not_me);
    await elsewhere.isAt('/recover/method', recovery.method_title);

    await shopper.page.goto(linkOf(await smtp.emailTo(now, 'address-changed')));
    await shopper.isAt('/letter', reclaim.title);
    await expect(shopper.page.getByRole('main')).toContainText(say(reclaim.freeze, { login: person.login, address: now }));
    await shopper.press(emails.not_me);
    await shopper.isAt('/letter', reclaim.frozen_title);
    await expect(shopper.page.getByRole('main')).toContainText(reclaim.frozen);
    await shopper.signIn(person);
    await expect(shopper.alert).toContainText(errors.bad_credentials);
  });
});
