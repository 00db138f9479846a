/// The twelve rules of the MLLP listener and sender, one test each, on the program over real sockets.
#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iomanip>
#include <sstream>

#include "bad_input_world.hpp"
#include "support/certificates.hpp"
#include "support/peers.hpp"

namespace causeway::test {
namespace {

using namespace std::chrono_literals;

std::string heard(const Ack& ack) {
    return ack.code + ' ' + ack.control_id + ' ' + ack.error;
}

/// The next acknowledgement on an open connection.
Ack next(Tcp& connection) {
    return read_ack(connection.receive_until("\x1c\r", kAnswerTime));
}

std::string answer_to(World& world, const std::string& frame) {
    auto connection = Tcp::connect(world.mllp_port());
    connection.send(frame);
    return heard(next(connection));
}

/// Where the route "adt" sends to, in place of the archive.
World::Files sends_to(const std::string& name, std::uint16_t port, const std::string& more = {}) {
    return {{"destinations/" + name + ".yaml",
             "destination: " + name + "\ntype: mllp_sender\nhost: 127.0.0.1\nport: " + std::to_string(port) +
                 "\nretry: {first: 50ms, most: 100ms}\n" + more},
            {"routes/adt.yaml",
             "route: adt\nfrom: [mllp]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: " + name + "}]\n"}};
}

/// Does the kernel look after the connections that a listener on this port took (keep-alive timer in /proc/net/tcp)?
bool is_kept_alive(std::uint16_t port) {
    std::ostringstream local;
    local << ':' << std::uppercase << std::hex << std::setw(4) << std::setfill('0') << port;
    std::ifstream table("/proc/net/tcp");
    for (std::string line; std::getline(table, line);) {
        std::istringstream fields(line);
        std::string number, from, to, state, queues, timer;
        fields >> number >> from >> to >> state >> queues >> timer;
        if (from.ends_with(local.str()) && state == "01" && timer.starts_with("02:")) return true;
    }
    return false;
}

std::string control_id_of(const std::string& request) {
    return hl7_field(request, "MSH", 10);
}

}  // namespace

TEST_CASE("rule 1: what cannot be stored is not acknowledged, and the connection is closed") {
    std::signal(SIGXFSZ, SIG_IGN);
    World world;
    CHECK(heard(world.mllp({.id = "BEFORE"})) == "AA BEFORE ");
    const rlimit tiny{4096, 4096};
    REQUIRE(prlimit(world.engine().pid(), RLIMIT_FSIZE, &tiny, nullptr) == 0);
    const auto ack = world.mllp({.id = "DURING"});
    CHECK(ack.text.empty());
    CHECK(ack.closed);
}

TEST_CASE("rule 2: what the field sends is understood, with warnings that are counted") {
    World world;
    const auto text = [](const std::string& id) { return V2{.id = id}.text(); };
    const auto with_ends = [&](const std::string& id, const std::string& end) {
        std::string out;
        for (const char c : text(id)) c == '\r' ? out += end : out += c;
        return out;
    };
    const auto changed = [&](const std::string& id, const std::string& from, const std::string& to) {
        auto out = text(id);
        return out.replace(out.find(from), from.size(), to);
    };
    const std::vector<std::pair<std::string, std::string>> frames{
        {"FSLF", "\x0b" + text("FSLF") + "\x1c\n"},
        {"JUNK", " \r\n\x0b" + text("JUNK") + "\x1c\r"},
        {"LF", framed(with_ends("LF", "\n"))},
        {"CRLF", framed(with_ends("CRLF", "\r\n"))},
        {"NOCR", framed(text("NOCR").substr(0, text("NOCR").size() - 1))},
        {"BLANK", framed(with_ends("BLANK", "\r\r"))},
        {"BOM", framed("\xEF\xBB\xBF" + text("BOM"))},
        {"NUL", framed(text("NUL") + std::string("\0 \0", 3))},
        {"PV1", framed(text("PV1") + "PV1\r")},
        {"LOW", framed(changed("LOW", "\rPID|", "\rpid|"))},
        {"THREE", framed(changed("THREE", "|^~\\&|", "|^~&|"))},
        {"FIVE", framed(changed("FIVE", "|^~\\&|", "|^~\\&#|"))},
        {"ZZZ", framed(text("ZZZ") + "ZZZ|1\rQQQ|x\r")},
        {"V277", framed(changed("V277", "|2.5.1|", "|2.77|"))},
        {"SLASH", framed(changed("SLASH", "EDITH", "ED\\ITH"))},
    };
    for (const auto& [id, frame] : frames) {
        CAPTURE(id);
        CHECK(answer_to(world, frame).starts_with("AA " + id));
    }
    const auto ack = world.mllp_bytes("\x0b" + text("FSONLY") + "\x1c");
    CHECK(ack.code == "AA");
    const std::string counter = "causeway_adapter_warnings_total{channel=\"mllp\"} ";
    const auto metrics = world.metrics();
    REQUIRE(metrics.find(counter) != std::string::npos);
    CHECK(metrics[metrics.find(counter) + counter.size()] != '0');
    CHECK(world.stop().size() == frames.size() + 1);
}

TEST_CASE("rule 3: without VT a message is refused; a VT inside a frame drops the fragment with AE") {
    World world;
    CHECK(answer_to(world, V2{.id = "NOVT"}.text() + "\x1c\r") == "AE NOVT 100");
    auto connection = Tcp::connect(world.mllp_port());
    connection.send("\x0b" + V2{.id = "HALF"}.text().substr(0, 120) + framed(V2{.id = "WHOLE"}.text()));
    CHECK(heard(next(connection)) == "AE HALF 100");
    CHECK(heard(next(connection)) == "AA WHOLE ");
    CHECK(world.log().find("mllp.frame_broken") != std::string::npos);
    CHECK(dispositions(world.stop()) == "refused refused accepted");
}

TEST_CASE("rule 4: several messages in a frame are refused, or split with an acknowledgement each") {
    const auto two = V2{.id = "ONE"}.text() + V2{.id = "TWO"}.text();
    {
        World world;
        CHECK(answer_to(world, framed(two)) == "AE ONE 100");
        CHECK(answer_to(world, framed("BHS|^~\\&\r" + two + "BTS|2\r")) == "AE ONE 100");
        CHECK(dispositions(world.stop()) == "refused refused");
    }
    World world("batches: split\n");
    auto connection = Tcp::connect(world.mllp_port());
    connection.send(framed(two));
    CHECK(heard(next(connection)) == "AA ONE ");
    CHECK(heard(next(connection)) == "AA TWO ");
    connection.send(framed("BHS|^~\\&|PAS|R9Z|CW|R9Z|2026||||B7\r" + V2{.id = "THREE"}.text() +
                           V2{.id = "FOUR", .version = "9.9"}.text() + "BTS|2\r"));
    const auto batch = connection.receive_until("\x1c\r", kAnswerTime);
    CHECK(
        batch.starts_with("\x0b"
                          "BHS|"));
    CHECK(batch.find("MSA|AA|THREE") != std::string::npos);
    CHECK(batch.find("MSA|AR|FOUR") != std::string::npos);
    CHECK(batch.find("\rBTS|2\r") != std::string::npos);
    CHECK(world.soon_shows("find THREE", "\"delivered\":1"));
    CHECK(world.shows("find B7 --kind batch", "THREE"));
    CHECK(dispositions(world.stop()) == "accepted accepted accepted refused");
}

TEST_CASE(
    "rule 5: whatever has a readable MSH-10 is answered by it; without MSH there is AE 100, and the bytes are kept") {
    World world;
    CHECK(heard(world.mllp({.id = "TYPE", .type = "ZZZ^Z01"})) == "AR TYPE 200");
    CHECK(answer_to(world, framed("This is no message")) == "AE  100");
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "refused refused");
    CHECK(stored.back().message.body.reveal() == "This is no message");
}

TEST_CASE(
    "rule 6: the character set is the channel's, else that of MSH-18, else told by the bytes; what is not in it is "
    "never guessed") {
    {
        World world;
        for (const auto* alias : {"UNICODE UTF-8", "UTF-8", "UNICODE"})
            CHECK(world.mllp({.id = "U", .character_set = alias, .given_name = "ZO\xC3\x8B"}).code != "AR");
        CHECK(world.mllp({.id = "L", .character_set = "8859/1", .given_name = "ZO\xCB"}).code == "AA");
        CHECK(world.mllp({.id = "N", .given_name = "ZO\xCB"}).code == "AA");
        CHECK(heard(world.mllp({.id = "A", .character_set = "ASCII", .given_name = "ZO\xCB"})) == "AE A 102");
    }
    World forced("charset: ISO-8859-1\n");
    CHECK(forced.mllp({.character_set = "UNICODE UTF-8", .given_name = "ZO\xCB"}).code == "AA");
    World keeping("undecodable: keep\n");
    const V2 wrong{.character_set = "UNICODE UTF-8", .given_name = "ZO\xCB"};
    const auto ack = keeping.mllp(wrong);
    CHECK(heard(ack) == "AA ID1 ");
    CHECK(ack.severities == std::vector<std::string>{"W"});
    const auto stored = keeping.stop();
    REQUIRE(dispositions(stored) == "accepted");
    CHECK(stored.front().message.body.reveal() == wrong.text());
}

TEST_CASE("rule 7: a large message is taken, one over the limit refused, and wrapped base64 is one value") {
    World world("max_frame: 4MB\nframe_limit: 30s\n");
    std::string wrapped = "OBX|1|ED|PDF^Letter||^AP^^Base64^";
    for (int i = 0; i < 40'000; ++i) wrapped += "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY3ODkwQUJDREVGR0hJ\r\n";
    V2 large{.id = "LARGE"};
    large.more = wrapped + "\r";
    CHECK(heard(world.mllp(large)) == "AA LARGE ");
    V2 larger{.id = "LARGER"};
    larger.more = "NTE|1||" + std::string(5u << 20, 'x') + '\r';
    const auto ack = world.mllp(larger);
    CHECK(heard(ack) == "AR LARGER 207");
    CHECK(ack.closed);
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "accepted refused");
    CHECK(stored.front().message.body.reveal() == large.text());
}

TEST_CASE(
    "rule 8: a quiet connection stays and is kept alive; an unfinished frame is closed and logged by its size alone") {
    World world("frame_limit: 500ms\n");
    auto quiet = Tcp::connect(world.mllp_port());
    auto unfinished = Tcp::connect(world.mllp_port());
    quiet.send(framed(V2{.id = "ONE"}.text()));
    CHECK(heard(next(quiet)) == "AA ONE ");
    // Until the peer's kernel has acknowledged our bytes, another timer runs.
    for (int tries = 0; tries < 50 && !is_kept_alive(world.mllp_port()); ++tries) std::this_thread::sleep_for(20ms);
    CHECK(is_kept_alive(world.mllp_port()));
    unfinished.send("\x0b" + V2{}.text());
    CHECK(unfinished.is_closed(kAnswerTime));
    CHECK(world.log().find("\"bytes\":" + std::to_string(V2{}.text().size() + 1)) != std::string::npos);
    quiet.send(framed(V2{.id = "TWO"}.text()));
    CHECK(heard(next(quiet)) == "AA TWO ");
    CHECK(dispositions(world.stop()) == "accepted accepted");
}

TEST_CASE(
    "rule 9: the sender matches MSA-2 byte for byte, drops what is late or foreign, and sends again under the same "
    "id") {
    std::atomic<int> calls{0};
    Peer peer(read_frame, [&](const std::string& request) {
        const auto id = control_id_of(request);
        switch (calls++) {
            case 0:
                return Reply{mllp_ack("AA", id + " ")};  // Not the same bytes.
            case 1:
                return Reply{mllp_ack("AR", id, "ERR|||207\r")};
            default:
                return Reply{mllp_ack("AA", "FOREIGN") + mllp_ack("AA", id)};
        }
    });
    World world(
        {}, {}, {},
        sends_to("pas", peer.port(), "acknowledgement_limit: 500ms\nunknown: resend\nretry_internal_error: true\n"));
    CHECK(heard(world.mllp({.id = "M1"})) == "AA M1 ");
    CHECK(world.soon_shows("find M1", "\"delivered\":1"));
    const auto requests = peer.requests();
    REQUIRE(requests.size() == 3);
    for (const auto& request : requests) CHECK(request == requests.front());
    CHECK(world.log().find("mllp.foreign_answer") != std::string::npos);
}

TEST_CASE("rule 10: the same again is answered alike and has one effect; the same id with other bytes is set apart") {
    World world;
    const auto first = world.mllp(V2{});
    CHECK(heard(first) == "AA ID1 ");
    CHECK(world.mllp(V2{}).text == first.text);
    CHECK(heard(world.mllp({.given_name = "MABEL"})) == "AE ID1 205");
    CHECK(world.soon_shows("find ID1", "\"delivered\":1"));
    CHECK(world.delivered().size() == 1);
    CHECK(dispositions(world.stop()) == "accepted conflict");
}

TEST_CASE("rule 11: messages of a connection are accepted in order, and delivered in order for each patient") {
    std::mutex mutex;
    std::vector<std::string> arrived;
    Peer peer(read_frame, [&](const std::string& request) {
        const std::lock_guard lock(mutex);
        arrived.push_back(control_id_of(request));
        return Reply{mllp_ack("AA", arrived.back())};
    });
    World world({}, {}, {}, sends_to("pas", peer.port(), "connections: 4\n"));
    auto connection = Tcp::connect(world.mllp_port());
    std::string frames;
    constexpr int kMessages = 40;
    for (int i = 10; i < 10 + kMessages; ++i) frames += framed(V2{.id = "S" + std::to_string(i)}.text());
    connection.send(frames);
    for (int i = 10; i < 10 + kMessages; ++i) CHECK(heard(next(connection)) == "AA S" + std::to_string(i) + " ");
    CHECK(world.soon_shows("find S" + std::to_string(9 + kMessages), "\"delivered\":1"));
    const std::lock_guard lock(mutex);
    CHECK(arrived.size() == kMessages);
    CHECK(std::is_sorted(arrived.begin(), arrived.end()));
}

namespace {

/// Does a TLS client of this version get through?
bool shakes_hands(std::uint16_t port, int version) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const auto connection = Tcp::connect(port);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), connection.fd());
    return SSL_connect(ssl.get()) == 1;
}

}  // namespace

TEST_CASE(
    "rule 12: TLS is 1.2 or newer, and plain bytes are refused; beyond loopback a listener asks who calls, or says why "
    "not") {
    std::signal(SIGPIPE, SIG_IGN);
    Authority authority;
    const auto server = authority.server();
    World world("tls: {certificate: " + server.certificate.string() + ", key: " + server.key.string() + "}\n");
    CHECK(shakes_hands(world.mllp_port(), TLS1_2_VERSION));
    CHECK(shakes_hands(world.mllp_port(), TLS1_3_VERSION));
    CHECK_FALSE(shakes_hands(world.mllp_port(), TLS1_1_VERSION));
    CHECK(world.mllp(V2{}).code.empty());
    CHECK(world.stop().empty());

    TempDir dir;
    dir.write("conf/causeway.yaml", "ops: off\n");
    dir.write("conf/channels/open.yaml", channel_file("open", "mllp_listener", free_port(), "host: 0.0.0.0\n"));
    const auto command =
        std::string(CAUSEWAY_PROGRAM) + " check --config '" + (dir.path() / "conf").string() + "' > /dev/null 2>&1";
    CHECK(std::system(command.c_str()) != 0);
    dir.write("conf/channels/open.yaml",
              channel_file("open", "mllp_listener", free_port(), "host: 0.0.0.0\ninsecure: behind the trust's VPN\n"));
    CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("sequence: numbers are followed over the wire, also after the engine was killed") {
    World world("sequence: optional\n");
    const auto numbered = [&](const std::string& id, const std::string& number) {
        auto text = V2{.id = id}.text();
        text.replace(text.find("|2.5.1|") + 7, 0, number);
        return world.mllp_bytes(framed(text)).text;
    };
    CHECK(hl7_field(numbered("M7", "7"), "MSA", 4) == "7");
    CHECK(hl7_field(numbered("M9", "9"), "MSA", 4) == "8");
    CHECK(hl7_field(numbered("M9", "9"), "MSA", 1) == "AR");
    world.engine().kill();
    world.start();
    const auto asked = world.mllp_bytes(framed("MSH|^~\\&|PAS|R9Z|CAUSEWAY|R9Z|20261121||^|L1|P|2.5.1|0\r"));
    CHECK(heard(asked) == "AA L1 ");
    CHECK(hl7_field(asked.text, "MSA", 4) == "8");
    CHECK(hl7_field(numbered("M8", "8"), "MSA", 1) == "AA");
}

TEST_CASE("delayed acknowledgement: CA at once, then AA as a message of its own on the sender's port, once accepted") {
    Peer sender_side(read_frame,
                     [](const std::string& request) { return Reply{mllp_ack("CA", control_id_of(request))}; });
    World world("delayed_acknowledgement: {destination: pas-acks}\n", {}, {},
                {{"destinations/pas-acks.yaml", "destination: pas-acks\ntype: mllp_sender\nhost: 127.0.0.1\nport: " +
                                                    std::to_string(sender_side.port()) + "\n"}});
    auto text = V2{.id = "M1"}.text();
    text.replace(text.find("|2.5.1||||||"), 12, "|2.5.1|||AL|AL||");
    CHECK(heard(world.mllp_bytes(framed(text))) == "CA M1 ");
    CHECK(world.soon_shows("find M1", "\"delivered\":2"));
    const auto requests = sender_side.requests();
    REQUIRE(requests.size() == 1);
    CHECK(hl7_field(requests[0], "MSA", 1) == "AA");
    CHECK(hl7_field(requests[0], "MSA", 2) == "M1");
    CHECK(hl7_field(requests[0], "MSH", 15) == "AL");
}

TEST_CASE("awaited acknowledgement: CA confirms a delivery, and the AA that comes later on a channel ends the wait") {
    Peer peer(read_frame, [](const std::string& request) { return Reply{mllp_ack("CA", control_id_of(request))}; });
    auto files = sends_to("pas", peer.port());
    files["routes/adt.yaml"] =
        "route: adt\nfrom: [mllp]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas, answer_within: 1h, answer_owner: "
        "adt-team}]\n";
    World world("acknowledgements: take\n", {}, {}, files);
    CHECK(heard(world.mllp({.id = "M1"})) == "AA M1 ");
    CHECK(world.soon_shows("find M1", "\"delivered\":1"));
    const auto commit = world.mllp_bytes(
        framed("MSH|^~\\&|CAUSEWAY|R9Z|PAS|R9Z|20261121||ACK^A28^ACK|A1|P|2.5.1|||AL|NE\rMSA|AA|M1\r"));
    CHECK(heard(commit) == "CA A1 ");
    CHECK(world.soon_shows("find M1", "\"delivered\":2"));
    // In original mode an acknowledgement is never acknowledged.
    auto silent = Tcp::connect(world.mllp_port());
    silent.send(framed("MSH|^~\\&|CAUSEWAY|R9Z|PAS|R9Z|20261121||ACK^A28^ACK|A2|P|2.5.1\rMSA|AA|M1\r"));
    CHECK_FALSE(silent.receive(kQuiet));
}

TEST_CASE("commit blocks: both sides say below HL7 what is stored") {
    Peer peer(
        [](Tcp& connection) -> std::optional<std::string> {
            for (;;) {
                auto frame = read_frame(connection);
                if (!frame || frame->size() > 1) return frame;
            }
        },
        [](const std::string& request) { return Reply{framed("\x06") + mllp_ack("AA", control_id_of(request))}; });
    World world("commit_blocks: true\n", {}, {}, sends_to("pas", peer.port(), "commit_blocks: true\n"));
    auto connection = Tcp::connect(world.mllp_port());
    connection.send(framed(V2{.id = "M1"}.text()));
    CHECK(connection.receive_until("\x1c\r", kAnswerTime) == framed("\x06"));
    CHECK(heard(next(connection)) == "AA M1 ");
    connection.send(framed("\x06") + framed(V2{.id = "M2"}.text()));
    CHECK(connection.receive_until("\x1c\r", kAnswerTime) == framed("\x06"));
    CHECK(heard(next(connection)) == "AA M2 ");
    CHECK(world.soon_shows("find M2", "\"delivered\":1"));
}

}  // namespace causeway::test
