#include <doctest/doctest.h>

#include "pipeline/configuration_support.hpp"

using namespace causeway;
using namespace causeway::pipeline;
using test::ConfFolder;

TEST_CASE("names are unique, and fit for file names, metrics and addresses") {
    ConfFolder folder;
    folder.write("conf/channels/two.yaml", "channel: in\ntype: test_listener\nport: 2\n");
    CHECK(
        folder.said() ==
        "conf/channels/two.yaml:1:10: error: The channel \"in\" also stands in conf/channels/in.yaml. Give one of them "
        "another name.\n");
    folder.write("conf/channels/two.yaml", "channel: Mr Smith\ntype: test_listener\nport: 2\n");
    CHECK(folder.said().starts_with("conf/channels/two.yaml:1:10: error: A name begins with a small letter"));
}

TEST_CASE("two routes of one name are a mistake") {
    ConfFolder folder;
    folder.write("conf/routes/two.yaml", "route: copy\nfrom: [in]\nto:\n  - destination: out\n");
    CHECK(folder.said() ==
          "conf/routes/two.yaml:1:8: error: The route \"copy\" also stands in conf/routes/copy.yaml. Give one of them "
          "another name.\n");
}

TEST_CASE("a route's channels, destinations, maps and pathways must exist") {
    ConfFolder folder;
    folder.write("conf/routes/copy.yaml",
                 "route: copy\nfrom: [in, inn]\npathway: ros\nlearn: patient\nto:\n"
                 "  - destination: outt\n    map: uk.ref\n");
    CHECK(folder.said() ==
          "conf/routes/copy.yaml:2:12: error: There is no channel \"inn\". Did you mean \"in\"?\n"
          "conf/routes/copy.yaml:3:10: error: There is no pathway \"ros\". There is none yet.\n"
          "conf/routes/copy.yaml:4:8: error: There is no map \"patient\". There is none yet.\n"
          "conf/routes/copy.yaml:6:18: error: There is no destination \"outt\". Did you mean \"out\"?\n"
          "conf/routes/copy.yaml:7:10: error: There is no map \"uk.ref\". There is none yet.\n");
}

TEST_CASE("a name that resembles none is answered with those that there are") {
    ConfFolder folder;
    folder.write("conf/routes/copy.yaml", "route: copy\nfrom: [letters]\nto:\n  - destination: out\n");
    CHECK(folder.said().starts_with(
        "conf/routes/copy.yaml:2:8: error: There is no channel \"letters\". There are: in.\n"));
}

TEST_CASE("a channel with a mistake of its own is not called missing too") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml", "channel: in\ntype: test_listener\nport: x\n");
    CHECK(folder.said() == "conf/channels/in.yaml:3:7: error: \"x\" is not a whole number.\n");
}

TEST_CASE("a channel that no route takes from is a warning, and loads") {
    ConfFolder folder;
    folder.write("conf/channels/two.yaml", "channel: two\ntype: test_listener\nport: 2\n");
    CHECK(folder.said() ==
          "conf/channels/two.yaml:1:10: warning: No route takes messages from this channel: each is held for "
          "integration-team.\n");
    CHECK(folder.load() != nullptr);
}
