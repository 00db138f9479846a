#include "pipeline/delivery.hpp"

#include <doctest/doctest.h>

namespace causeway::pipeline {
namespace {

using namespace std::chrono_literals;

const RetryPolicy kPolicy{5s, 5min, 24h};
const Instant kNow = Instant() + std::chrono::hours(500'000);

Destination destination(bool resend = false) {
    Destination made;
    made.name = "pas";
    made.retry = kPolicy;
    made.resend_unknown = resend;
    made.owner = "pas-team";
    return made;
}

Obligation obligation(int attempts = 0, Duration age = 1min) {
    Obligation made;
    made.id = Id{42};
    made.message = Id{41};
    made.duty = Duty::deliver;
    made.destination = "pas";
    made.attempts = attempts;
    made.created_at = kNow - age;
    return made;
}

Receipt receipt(Receipt::Outcome outcome, bool transient = false, Duration retry_after = {}) {
    Receipt made;
    made.outcome = outcome;
    made.answer = Payload("MSA|..");
    made.detail = "AE 102";
    made.transient = transient;
    made.retry_after = retry_after;
    return made;
}

TEST_CASE("back_off doubles from the first pause to the longest") {
    CHECK(back_off(kPolicy, 1, 0) == 5s);
    CHECK(back_off(kPolicy, 2, 0) == 10s);
    CHECK(back_off(kPolicy, 3, 0) == 20s);
    CHECK(back_off(kPolicy, 6, 0) == 160s);
    CHECK(back_off(kPolicy, 7, 0) == 5min);
    CHECK(back_off(kPolicy, 1'000'000, 0) == 5min);
    CHECK(back_off(kPolicy, 0, 0) == 5s);
}

TEST_CASE("back_off is up to a fifth less or more, so that peers are not met by everybody at once") {
    CHECK(back_off(kPolicy, 1, 1) == 6s);
    CHECK(back_off(kPolicy, 1, -1) == 4s);
    CHECK(back_off(kPolicy, 20, 1) == 6min);
}

TEST_CASE("a confirmed delivery is delivered, with the peer's answer") {
    const auto progress = after_receipt(obligation(), destination(), receipt(Receipt::Outcome::confirmed), kNow, 0);
    CHECK(progress.state == State::delivered);
    CHECK(progress.obligation == Id{42});
    CHECK(progress.event.kind == "attempt.confirmed");
    CHECK(progress.event.message == Id{41});
    CHECK(progress.answer.reveal() == "MSA|..");
}

TEST_CASE("a refused delivery is held for the destination's owner, with the peer's answer and words") {
    const auto progress = after_receipt(obligation(), destination(), receipt(Receipt::Outcome::refused), kNow, 0);
    CHECK(progress.state == State::held);
    CHECK(progress.owner == "pas-team");
    CHECK(progress.cause == "Refused by pas: AE 102");
    CHECK(progress.event.kind == "attempt.refused");
    CHECK(progress.answer.reveal() == "MSA|..");
}

TEST_CASE("a refusal for now comes again after its pause") {
    const auto progress =
        after_receipt(obligation(2), destination(), receipt(Receipt::Outcome::refused, true), kNow, 0);
    CHECK(progress.state == State::queued);
    CHECK(progress.next_attempt_at == kNow + 20s);
    CHECK(progress.event.kind == "attempt.refused");
}

TEST_CASE("a peer may ask for a longer pause, never for a shorter one") {
    const auto refused = [](Duration after) { return receipt(Receipt::Outcome::refused, true, after); };
    CHECK(after_receipt(obligation(), destination(), refused(1h), kNow, 0).next_attempt_at == kNow + 1h);
    CHECK(after_receipt(obligation(), destination(), refused(1s), kNow, 0).next_attempt_at == kNow + 5s);
}

TEST_CASE("a refusal for now is given up and held after the time that the destination allows") {
    const auto progress =
        after_receipt(obligation(9, 24h), destination(), receipt(Receipt::Outcome::refused, true), kNow, 0);
    CHECK(progress.state == State::held);
    CHECK(progress.owner == "pas-team");
    CHECK(progress.cause == "Given up after 1d: Refused by pas: AE 102");
}

TEST_CASE("an unknown outcome is held where the peer does not recognise duplicates") {
    const auto progress = after_receipt(obligation(), destination(), receipt(Receipt::Outcome::unknown), kNow, 0);
    CHECK(progress.state == State::held);
    CHECK(progress.owner == "pas-team");
    CHECK(progress.event.kind == "attempt.unknown");
    CHECK(progress.cause.find("may have it") != std::string::npos);
}

TEST_CASE("an unknown outcome is sent again where it does, until it is given up") {
    const auto unknown = receipt(Receipt::Outcome::unknown);
    const auto progress = after_receipt(obligation(1), destination(true), unknown, kNow, 0);
    CHECK(progress.state == State::queued);
    CHECK(progress.next_attempt_at == kNow + 10s);
    CHECK(after_receipt(obligation(1, 25h), destination(true), unknown, kNow, 0).state == State::held);
}

TEST_CASE("what was not sent comes again, or is held where no attempt can help") {
    const auto error = [](Retry retry) { return fail(Issue::transient, "pas", "The peer does not listen.", retry); };
    const auto later = after_error(obligation(), destination(), error(Retry::later), kNow, 0);
    CHECK(later.state == State::queued);
    CHECK(later.next_attempt_at == kNow + 5s);
    CHECK(later.event.kind == "attempt.failed");
    CHECK(after_error(obligation(0, 25h), destination(), error(Retry::later), kNow, 0).state == State::held);

    const auto never = after_error(obligation(), destination(), error(Retry::never), kNow, 0);
    CHECK(never.state == State::held);
    CHECK(never.owner == "pas-team");
    CHECK(never.cause == "pas: The peer does not listen.");
}

TEST_CASE("a connection that only was stale is tried again at once, and only once") {
    const auto stale = fail(Issue::transient, "pas", "The idle connection was closed.", Retry::now);
    CHECK(after_error(obligation(0), destination(), stale, kNow, 0).next_attempt_at == kNow);
    CHECK(after_error(obligation(1), destination(), stale, kNow, 0).next_attempt_at == kNow + 10s);
}

TEST_CASE("after a crash what was in flight is unknown: held or sent again, as the destination says") {
    const auto hold_it = destination(), resend = destination(true);
    const auto held = after_crash(obligation(1), &hold_it, kNow);
    CHECK(held.state == State::held);
    CHECK(held.owner == "pas-team");
    CHECK(held.event.kind == "attempt.unknown");
    const auto again = after_crash(obligation(1), &resend, kNow);
    CHECK(again.state == State::queued);
    CHECK(again.next_attempt_at == kNow);
}

TEST_CASE("after a crash what was in flight to a destination that is gone is held for somebody") {
    const auto progress = after_crash(obligation(1), nullptr, kNow);
    CHECK(progress.state == State::held);
    CHECK(!progress.owner.empty());
}

TEST_CASE("the event of a hold names the owner and the cause, for the journey") {
    const auto progress = hold(obligation(), "pas-team", "No map fits.", kNow);
    CHECK(progress.event.kind == "obligation.held");
    CHECK(progress.event.detail.find("\"owner\":\"pas-team\"") != std::string::npos);
    CHECK(progress.event.detail.find("\"cause\":\"No map fits.\"") != std::string::npos);
}

TEST_CASE("an RRI is a business answer, an ACK is none") {
    const auto answer = [](const std::string& type) {
        return Payload("MSH|^~\\&|PAS|RX|C|RX|2026||" + type + "|1|P|2.5.1\rMSA|AA|X\r");
    };
    CHECK(is_business_answer(answer("RRI^I12^RRI_I12")));
    CHECK_FALSE(is_business_answer(answer("ACK^I12^ACK")));
    CHECK_FALSE(is_business_answer(answer("ACK")));
    CHECK_FALSE(is_business_answer(Payload("{\"resourceType\":\"Bundle\"}")));
    CHECK_FALSE(is_business_answer(Payload()));
}

TEST_CASE("what is delivered is the bytes as received, and says whether they were sent before") {
    Message message;
    message.id = Id{41};
    message.media_type = kHl7v2;
    message.body = Payload("MSH|...");
    tree::DocumentPtr none;
    const auto first = make_delivery(obligation(0), message, Configuration{}, {}, none);
    REQUIRE(first.has_value());
    CHECK(first->payload.reveal() == "MSH|...");
    CHECK(first->obligation == Id{42}.text());
    CHECK(first->obligation.size() <= 20);
    CHECK_FALSE(first->repeated);
    CHECK(make_delivery(obligation(1), message, Configuration{}, {}, none)->repeated);
}

TEST_CASE("what a map lost or could not map is told among the other members of the event") {
    const auto told = [](const std::string& detail, const std::string& what) {
        EventDraft event;
        event.detail = detail;
        add_told(event, what);
        return event.detail;
    };
    CHECK(told(R"({"owner":"pas-team"})", R"("lost":["PID-5"])") == R"({"owner":"pas-team","lost":["PID-5"]})");
    CHECK(told("{}", R"("lost":["PID-5"])") == R"({"lost":["PID-5"]})");
    CHECK(told(R"({"owner":"pas-team"})", "") == R"({"owner":"pas-team"})");
    CHECK(told("", R"("lost":["PID-5"])").empty());
}

TEST_CASE("a map that is gone is an error that says what to do") {
    auto owed = obligation();
    owed.map = "letter.mdm";
    tree::DocumentPtr none;
    const auto made = make_delivery(owed, Message{}, Configuration{}, {}, none);
    REQUIRE(made.has_error());
    CHECK(made.error().what.find("replay") != std::string::npos);
}

}  // namespace
}  // namespace causeway::pipeline
