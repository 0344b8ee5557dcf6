//! The operations with which customers sign up and log in. The results of two are documented, everything else is ours.

use super::fields;
use super::operation::{Key, Operation, Parameter, Payload};
use super::schema::{Member, Schema, member};
use crate::sandbox::model::customer_auth::{PASSWORD, SHOWN};
use crate::sandbox::model::customers::CUSTOMERS;

fn operation(id: &str, summary: &str) -> Operation {
    Operation::new(id, "Customer auth", summary).ours().key(Key::None)
}

/// An operation on the accounts of an environment.
fn in_environment(id: &str, summary: &str) -> Operation {
    let environment = Schema::choice(&["live", "test"]).with("default", "live");
    operation(id, summary).takes(Parameter::query("environment", environment, "Which data."))
}

/// A member of a new customer.
fn of_customer(name: &str) -> Schema {
    CUSTOMERS.field(name).map_or_else(Schema::string, |field| fields::accepted(field.kind))
}

fn email() -> Member {
    member("email", Schema::string())
}

fn token(name: &'static str) -> Member {
    member(name, Schema::string())
}

fn customer() -> Member {
    let members = SHOWN.map(|name| member(name, Schema::string()));
    member("customer", Schema::object(members).named("CustomerAccount"))
}

/// `POST …/signup`.
pub(crate) fn signup() -> Operation {
    let (least, most) = PASSWORD;
    let password = member("password", Schema::string().length(least, most));
    let name = member("name", of_customer("name").or_null()).optional();
    let pending = Schema::object([member("confirmationPending", Schema::constant(true))]);
    let result = Schema::any_of([Schema::object([token("accessToken"), customer()]), pending]);
    in_environment("signupCustomer", "Create an account for a customer")
        .described(
            "With the setting `signupConfirmation`, the account has to be confirmed before the first login.",
        )
        .body(Schema::object([member("email", of_customer("email")), password, name]).named("Signup"))
        .answers(
            201,
            "The tokens, or that a confirmation is pending",
            Payload::Data(result.named("SignupResult")),
        )
        .refuses(409)
}

/// `POST …/confirm`.
pub(crate) fn confirm() -> Operation {
    let done = Schema::object([member("confirmed", Schema::constant(true))]);
    in_environment("confirmCustomer", "Confirm an account, as the link in the mail would")
        .body(Schema::object([email()]).named("Confirmation"))
        .answers(200, "The account is confirmed", Payload::Data(done))
}

/// `POST …/login`.
pub(crate) fn login() -> Operation {
    let result = Schema::object([customer(), token("accessToken"), token("refreshToken")]);
    in_environment("loginCustomer", "Log a customer in")
        .body(Schema::object([email(), token("password")]).named("Login"))
        .answers(200, "The customer and the tokens", Payload::Data(result.named("LoginResult")))
        .refuses(401)
}

/// `POST …/refresh`.
pub(crate) fn refresh() -> Operation {
    let result = Schema::object([token("accessToken"), token("refreshToken")]);
    in_environment("refreshCustomerSession", "Exchange a refresh token")
        .body(Schema::object([token("refreshToken")]).named("Refresh"))
        .answers(200, "New tokens; the old refresh token is used up", Payload::Data(result.named("Tokens")))
        .refuses(401)
}

/// `GET …/session`.
pub(crate) fn session() -> Operation {
    let result = Schema::object([customer(), member("expiresAt", Schema::time())]);
    operation("getCustomerSession", "Get the session of an access token")
        .described("With `Authorization: Bearer` and the access token of a customer.")
        .answers(200, "The session", Payload::Data(result.named("CustomerSession")))
        .refuses(401)
}

/// `POST …/logout`.
pub(crate) fn logout() -> Operation {
    let done = Schema::object([member("loggedOut", Schema::constant(true))]);
    operation("logoutCustomer", "End a session and revoke its tokens")
        .described("With `Authorization: Bearer` and the access token of a customer.")
        .answers(200, "The session has ended", Payload::Data(done))
        .refuses(401)
}
