#pragma once
/// To the right: HL7 v2 into FHIR.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mapping/run.hpp"
#include "mapping/text_document.hpp"

namespace causeway::mapping {

/// Runs twice over the statements: first resources get their ids, so that references may name what follows; then rows
/// write.
class Forward : Run {
public:
    Forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain);

    Result<Output> run();

private:
    /// Where rows write: a resource, or an object of it inside `in`.
    struct Context {
        Instance* instance = nullptr;  ///< Null: rows here do nothing.
        JsonValue* base = nullptr;
        std::vector<JsonValue*> tentative;
    };
    /// A source as places: of the message, or of values that were computed.
    struct Source {
        std::vector<V2Place> places;
        std::shared_ptr<TextDocument> texts;
    };

    bool check_type();
    void check_version();
    void find_zone();

    void walk(const std::vector<Statement>& statements, bool writing);
    void visit(const ResourceLine& line, bool writing);
    void visit(const For& block, bool writing);
    void visit(const In& block);
    void visit(const Let& let);
    void write(const Row& row);

    void make(const ResourceLine& line);
    void enter(const ResourceLine& line);
    std::string id_of(const ResourceLine& line);
    std::string key_of(const std::string& name) const;

    Source source_of(const Row& row);
    bool cleared(const Row& row, const V2Place& place);
    void write_constant(const Row& row);
    void write_references(const Row& row);
    std::size_t write_places(const Row& row, std::span<const V2Place> places);
    std::size_t settle(const Row& row, const V2Place& place, FhirValues made);
    std::size_t failed(const Row& row, const V2Place& place, const Failure& failure);
    std::size_t keep(const Row& row, const V2Place& place);
    V2Input input_of(const Row& row, std::span<const V2Place> places, const Table* table);
    void put(const Row& row, JsonValue value, const std::string& source, bool content);
    void name_value(const Row& row, const JsonValue& value);
    Result<Output> finish();
    std::string render();

    tree::Node root_node_;
    V2Reader reader_;
    Zone zone_;
    Context context_;
    Instance root_;
    Instance scratch_;
    std::vector<std::unique_ptr<Instance>> instances_;
    std::map<std::string, Instance*> by_id_;                     ///< Type and id: the same thing is made once.
    std::map<std::string, Instance*> by_key_;                    ///< Name and round.
    std::map<std::string, std::vector<std::string>> rounds_of_;  ///< Keys of a name, in order.
    std::map<std::string, bool> owner_of_;                       ///< Key: its rows write (else an equal one's do).
    std::vector<std::size_t> rounds_;
};

}  // namespace causeway::mapping
