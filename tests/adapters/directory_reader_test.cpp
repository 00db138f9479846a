#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "adapters/directory_reader/spool.hpp"
#include "support/adapters.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using test::eventually;

namespace {

const std::string kMessage = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M1|P|2.5\rPID|1||7\r";
const std::string kOther = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M1|P|2.5\rPID|1||8\r";
const std::string kSecond = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M2|P|2.5\rPID|1||8\r";
const std::string kThird = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M3|P|2.5\rPID|1||9\r";
constexpr std::string_view kOptions = "directory: .\npoll: 10ms\nsettle: 10ms\n";

/// A spool directory and its reader.
struct Spool {
    explicit Spool(std::string_view options = kOptions) : channel("directory_reader", options, dir.path()) {}

    bool exists(std::string_view name) const { return std::filesystem::exists(dir / name); }

    test::TempDir dir;
    test::Inbound channel;
};

}  // namespace

TEST_CASE("a file is one message, and is moved to done when it is stored") {
    Spool spool;
    spool.dir.write("a.hl7", kMessage);
    spool.channel.start();

    CHECK(eventually([&] { return spool.exists("done/a.hl7"); }));
    CHECK_FALSE(spool.exists("a.hl7"));
    REQUIRE(spool.channel.intake.accepted().size() == 1);
    const auto taken = spool.channel.intake.accepted()[0];
    CHECK(taken.body.reveal() == kMessage);
    CHECK(taken.media_type == kHl7v2);
    CHECK(taken.file == "a.hl7");
    CHECK(taken.sender.empty());  // The same message in a file of another name is a duplicate all the same.
}

TEST_CASE("the media type goes by the ending, then by the first character") {
    Spool spool;
    spool.dir.write("a.json", "{\"resourceType\":\"Bundle\"}");
    spool.dir.write("b.txt", " {\"resourceType\":\"Bundle\",\"type\":\"message\"}");
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.channel.intake.accepted().size() == 2; }));
    for (const auto& taken : spool.channel.intake.accepted()) CHECK(taken.media_type == kFhirJson);
}

TEST_CASE("a file stays where it is until the verdict is committed") {
    Spool spool;
    spool.channel.intake.hold();
    spool.dir.write("a.hl7", kMessage);
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.channel.intake.calls() == 1; }));
    std::this_thread::sleep_for(50ms);
    CHECK(spool.exists("a.hl7"));
    CHECK_FALSE(spool.exists("done/a.hl7"));

    spool.channel.intake.release();
    CHECK(eventually([&] { return spool.exists("done/a.hl7"); }));
}

TEST_CASE("row 5: a refused file is moved to refused, with the reason beside it") {
    Spool spool;
    spool.dir.write("a.hl7", "nonsense");
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("refused/a.hl7"); }));
    CHECK(spool.dir.read("refused/a.hl7") == "nonsense");
    CHECK(spool.dir.read("refused/a.hl7.outcome.json").find("OperationOutcome") != std::string::npos);
}

TEST_CASE("row 12: a file that was taken before a crash is taken again without a second effect") {
    Spool spool;
    spool.channel.start();
    spool.dir.write("a.hl7", kMessage);
    REQUIRE(eventually([&] { return spool.exists("done/a.hl7"); }));
    spool.dir.write("a.hl7", kMessage);
    REQUIRE(eventually([&] { return !spool.exists("a.hl7"); }));
    CHECK(spool.channel.intake.accepted().size() == 1);
    CHECK(eventually([&] { return std::distance(std::filesystem::directory_iterator(spool.dir / "done"), {}) == 2; }));
}

TEST_CASE("row 13: another message under a used control id is moved to refused") {
    Spool spool;
    spool.channel.start();
    spool.dir.write("a.hl7", kMessage);
    REQUIRE(eventually([&] { return spool.exists("done/a.hl7"); }));
    spool.dir.write("b.hl7", kOther);
    CHECK(eventually([&] { return spool.exists("refused/b.hl7") && spool.exists("refused/b.hl7.outcome.json"); }));
}

TEST_CASE("row 16: what cannot be stored stays, and is taken later") {
    Spool spool;
    spool.channel.intake.fail_with(fail(Issue::no_store, "", "The disk is full.", Retry::later));
    spool.dir.write("a.hl7", kMessage);
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.channel.intake.calls() >= 2; }));
    CHECK(spool.exists("a.hl7"));

    spool.channel.intake.fail_with(std::nullopt);
    CHECK(eventually([&] { return spool.exists("done/a.hl7"); }));
    CHECK(spool.channel.intake.accepted().size() == 1);
}

TEST_CASE("row 21: a file over the limit is refused without being read whole") {
    Spool spool("directory: .\npoll: 10ms\nsettle: 10ms\nmax_size: 1000B\n");
    spool.dir.write("a.hl7", kMessage + std::string(5000, 'x'));
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("refused/a.hl7"); }));
    REQUIRE(spool.channel.intake.refused().size() == 1);
    CHECK(spool.channel.intake.refused()[0].submission.body.size() == 1000);
    CHECK(spool.channel.intake.refused()[0].http_status == 413);
    CHECK(spool.dir.read("refused/a.hl7").size() > 5000);
}

TEST_CASE("names that say unfinished, other names, folders and links are left alone") {
    Spool spool("directory: .\npoll: 10ms\nsettle: 10ms\npattern: \"*.hl7*\"\n");
    for (const auto* name : {".a.hl7", "a.hl7.tmp", "a.hl7.part", "a.hl7~", "a.txt"}) spool.dir.write(name, kMessage);
    spool.dir.write("folder.hl7/inside", kMessage);
    std::filesystem::create_symlink(spool.dir / "a.txt", spool.dir / "link.hl7");
    spool.channel.start();
    spool.dir.write("z.hl7", kMessage);
    REQUIRE(eventually([&] { return spool.exists("done/z.hl7"); }));
    CHECK(spool.channel.intake.calls() == 1);
}

TEST_CASE("a file that still grows is not taken") {
    Spool spool("directory: .\npoll: 10ms\nsettle: 300ms\n");
    spool.channel.start();
    std::string text = kMessage;
    for (int i = 0; i < 10; ++i) {
        spool.dir.write("a.hl7", text += "NTE|1\r");
        std::this_thread::sleep_for(50ms);
        CHECK(spool.channel.intake.calls() == 0);
    }
    REQUIRE(eventually([&] { return spool.exists("done/a.hl7"); }));
    CHECK(spool.channel.intake.accepted()[0].body.reveal() == text);
}

TEST_CASE("a missing directory is said at the start") {
    test::TempDir dir;
    test::Inbound channel("directory_reader", "directory: nowhere\n", dir.path());
    const auto started = channel.adapter().start();
    REQUIRE(started.has_error());
    CHECK(started.error().issue == Issue::not_found);
}

TEST_CASE("create makes the directory") {
    test::TempDir dir;
    test::Inbound channel("directory_reader", "directory: a/b\ncreate: true\n", dir.path());
    channel.start();
    CHECK(std::filesystem::is_directory(dir / "a/b/done"));
}

TEST_CASE("a file that replaces one that is being taken is taken too") {
    Spool spool;
    spool.channel.intake.hold();
    spool.dir.write("a.hl7", kMessage);
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.channel.intake.calls() == 1; }));
    spool.dir.write("next.tmp", kOther);
    std::filesystem::rename(spool.dir / "next.tmp", spool.dir / "a.hl7");
    spool.channel.intake.release();
    CHECK(eventually([&] { return spool.channel.intake.calls() == 2; }));
    CHECK(eventually([&] { return spool.exists("refused/a.hl7"); }));  // The double sees a conflict.
    CHECK(spool.dir.read("refused/a.hl7") == kOther);
}

TEST_CASE("a file that cannot be moved is stored once") {
    Spool spool("directory: .\npattern: \"*.hl7\"\npoll: 10ms\nsettle: 10ms\n");
    spool.channel.start();
    std::filesystem::remove(spool.dir / "refused");
    spool.dir.write("refused", "no folder");
    spool.dir.write("a.hl7", "nonsense");
    REQUIRE(eventually([&] { return spool.channel.intake.calls() >= 1; }));
    std::this_thread::sleep_for(100ms);
    CHECK(spool.channel.intake.calls() == 1);
    CHECK(spool.exists("a.hl7"));
    std::filesystem::remove(spool.dir / "refused");
    std::filesystem::create_directory(spool.dir / "refused");
    CHECK(eventually([&] { return spool.exists("refused/a.hl7"); }));
    CHECK(spool.channel.intake.calls() == 1);
}

TEST_CASE("a refused file with a very long name is moved all the same") {
    Spool spool;
    spool.dir.write(std::string(250, 'a'), "nonsense");
    spool.channel.start();
    CHECK(
        eventually([&] { return std::distance(std::filesystem::directory_iterator(spool.dir / "refused"), {}) == 2; }));
    CHECK_FALSE(spool.exists(std::string(250, 'a')));
}

TEST_CASE("spool: what is read is one file, and never what a link or a pipe leads to") {
    const test::TempDir dir;
    dir.write("a.hl7", kMessage);
    std::filesystem::create_symlink(dir / "a.hl7", dir / "link.hl7");
    REQUIRE(::mkfifo((dir / "pipe.hl7").c_str(), 0600) == 0);
    const spool::Spool files(dir.path(), "*", 0ms);

    CHECK(files.read(dir / "a.hl7", 1000)->bytes == kMessage);
    CHECK(files.read(dir / "a.hl7", 1000)->stamp == spool::Spool::stamp(dir / "a.hl7"));
    CHECK_FALSE(files.read(dir / "a.hl7", 10)->whole);
    for (const auto* name : {"link.hl7", "pipe.hl7", "nothing.hl7"}) {
        CAPTURE(name);
        CHECK(files.read(dir / name, 1000).has_error());
    }
}

TEST_CASE("spool: only the file that was read is moved, not one that took its place") {
    const test::TempDir dir;
    const spool::Spool files(dir.path(), "*", 0ms);
    REQUIRE(files.open(false).has_value());
    dir.write("a.hl7", kMessage);
    const auto read = files.read(dir / "a.hl7", 1000)->stamp;
    dir.write("next.tmp", kOther);
    std::filesystem::rename(dir / "next.tmp", dir / "a.hl7");

    CHECK(files.finish(dir / "a.hl7", read, "ID1").has_value());
    CHECK(files.refuse(dir / "a.hl7", read, "ID1", "{}").has_value());
    CHECK(dir.read("a.hl7") == kOther);
    CHECK(std::filesystem::is_empty(dir / "done"));
    CHECK(std::filesystem::is_empty(dir / "refused"));
}

TEST_CASE("a file that holds a batch is split into its messages") {
    Spool spool;
    spool.dir.write("a.hl7", "FHS|^~\\&|A\rBHS|^~\\&|A||||||||B7\r" + kMessage + kSecond + "BTS|2\rFTS|1\r");
    spool.dir.write("b.hl7", "\x0b" + kThird + "\x1c\r");
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("done/a.hl7") && spool.exists("done/b.hl7"); }));
    const auto taken = spool.channel.intake.accepted();
    REQUIRE(taken.size() == 3);
    CHECK(taken[0].body.reveal() == kMessage);
    CHECK(taken[0].batch == "B7");
    CHECK(taken[1].body.reveal() == kSecond);
    CHECK(taken[1].file == "a.hl7");
    CHECK(taken[2].body.reveal() == kThird);
}

TEST_CASE("a file with one bad message is moved to refused, and its good ones are taken once") {
    Spool spool;
    const auto bad = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M9|P|9.9\r";
    spool.dir.write("a.hl7", kMessage + bad + kSecond);
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("refused/a.hl7"); }));
    CHECK(spool.channel.intake.accepted().size() == 2);
    CHECK(spool.channel.intake.refused().size() == 1);
    CHECK(spool.dir.read("refused/a.hl7.outcome.json").find("Message 2, which begins in line 3") != std::string::npos);

    // Mended and put back.
    spool.dir.write("a.hl7", kMessage + kThird + kSecond);
    REQUIRE(eventually([&] { return spool.exists("done/a.hl7"); }));
    CHECK(spool.channel.intake.accepted().size() == 3);
}

TEST_CASE("a batch that could not be stored to its end goes on where it stopped") {
    Spool spool;
    const auto bad = "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|M9|P|9.9\r";
    spool.dir.write("a.hl7", "BHS|^~\\&|A||||||||B7\r" + kMessage + bad + kSecond + kThird + "BTS|4\r");
    spool.channel.intake.fail_after(2, fail(Issue::no_store, "", "The disk is full.", Retry::later));
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("refused/a.hl7"); }));
    CHECK(spool.channel.intake.calls() == 5);  // One of them failed.
    CHECK(spool.channel.intake.refused().size() == 1);
    const auto taken = spool.channel.intake.accepted();
    REQUIRE(taken.size() == 3);
    CHECK(taken[2].body.reveal() == kThird);
    CHECK(taken[2].batch == "B7");
    CHECK(spool.dir.read("refused/a.hl7.outcome.json").find("Message 2, which begins in line 4") != std::string::npos);
}

TEST_CASE("a file whose counts are wrong is refused whole, unless the channel takes it") {
    Spool strict;
    strict.dir.write("a.hl7", "BHS|^~\\&|A\r" + kMessage + "BTS|2\r");
    strict.channel.start();
    REQUIRE(eventually([&] { return strict.exists("refused/a.hl7"); }));
    CHECK(strict.channel.intake.accepted().empty());
    CHECK(strict.dir.read("refused/a.hl7.outcome.json").find("BTS-1") != std::string::npos);

    Spool lenient(std::string(kOptions) + "batch_faults: warn\n");
    lenient.dir.write("a.hl7", "BHS|^~\\&|A\r" + kMessage + "BTS|2\r");
    lenient.channel.start();
    REQUIRE(eventually([&] { return lenient.exists("done/a.hl7"); }));
    CHECK(lenient.channel.intake.accepted().size() == 1);
}

TEST_CASE("a channel may refuse files that hold several messages") {
    Spool spool(std::string(kOptions) + "batches: refuse\n");
    spool.dir.write("a.hl7", kMessage + kSecond);
    spool.channel.start();
    REQUIRE(eventually([&] { return spool.exists("refused/a.hl7"); }));
    CHECK(spool.channel.intake.accepted().empty());
}
