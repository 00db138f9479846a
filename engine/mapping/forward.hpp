#pragma once
/// To the right: HL7 v2 into FHIR.

#include <string>
#include <vector>

#include "mapping/fhir_target.hpp"
#include "mapping/run.hpp"

namespace causeway::mapping {

/// Runs twice over the statements (FhirTarget tells why).
class Forward : Run {
public:
    Forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
            std::vector<UnmappedCode>* unmapped);

    Result<Output> run();

private:
    bool check_type();
    void check_version();
    void find_zone();

    void walk(const Walks& walks, bool writing);
    void visit(const ResourceLine& line, bool writing);
    void visit(const SegmentLine&, bool) {}
    void visit(const Let& let, bool writing);
    void visit(const Require& line, bool writing);
    void visit(const Omit&, bool) {}  ///< Of maps between two messages or documents.
    void visit(const For& block, bool writing);
    void visit(const In& block, bool writing);
    void visit(const Row& row, bool writing);
    std::string id_of(const ResourceLine& line);
    std::string id_source(const ResourceLine& line);
    void explain_made(const ResourceLine& line);
    void explain_one(const JsonValue* value, const RulePlace& place, std::string source);
    void explain_written();

    void read_source(const Row& row);
    bool cleared(const Row& row, const V2Place& place);
    void write_constant(const Row& row);
    void write_references(const Row& row);
    std::size_t write_places(const Row& row);
    std::size_t settle(const Row& row, const V2Place& place, FhirValues made);
    std::size_t failed(const Row& row, const V2Place& place, const Failure& failure);
    std::size_t keep(const Row& row, const V2Place& place);
    std::string source_of(const Row& row, const V2Place& place) const;
    V2Input input_of(const Row& row, std::span<const V2Place> places, const Table* table);
    void put(const Row& row, const JsonValue& value, const std::string& source, bool content);
    void name_value(const Row& row, const JsonValue& value);
    Result<Output> finish();

    tree::Node root_;
    V2Reader reader_;
    FhirTarget target_;
    Zone zone_;
    fhirpath::Collection& index_ = facts_.variables["index"];
    /// With explain: what each of the output's traces wrote.
    std::vector<const JsonValue*> written_;
    std::size_t controls_ = 0;        ///< Control characters that were left out so far.
    V2Places places_;                 ///< Of the row that is being written ...
    std::vector<std::string> texts_;  ///< ... or what it computed.
};

}  // namespace causeway::mapping
