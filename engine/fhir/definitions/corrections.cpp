#include "fhir/definitions/corrections.hpp"

#include <algorithm>
#include <iterator>

namespace causeway::fhir {
namespace {

struct Correction {
    std::string_view key;  // Empty: any.
    std::string_view published;
    std::string_view meant;
    std::string_view reason;
};

constexpr Correction kCorrections[] = {
    {"ref-1",
     "reference.startsWith('#').not() or (reference.substring(1).trace('url') in "
     "%rootResource.contained.id.trace('ids'))",
     "reference.empty() or reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id) "
     "or (reference = '#' and %resource != %rootResource)",
     "Fails without a reference, and for '#', by which a contained resource names its container "
     "(references.html#contained)."},
    {"bdl-8", "fullUrl.contains('/_history/').not()", "fullUrl.empty() or fullUrl.contains('/_history/').not()",
     "Of nothing there is no answer, so the published text fails where the element is absent."},
    {"txt-2", "htmlChecks()", "htmlChecks2()",
     "The text of txt-1 was repeated; it should ask for content that is not white space."},
    {"ras-2", "probability is decimal implies (probability as decimal) <= 100",
     "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)",
     "Of nothing there is no answer, so the published text fails where the element is absent."},
    {"que-12", "enableWhen.count() > 2 implies enableBehavior.exists()",
     "enableWhen.count() > 1 implies enableBehavior.exists()", "\"More than one\" was written as more than two."},
    {"que-7", "operator = 'exists' implies (answer is Boolean)", "operator = 'exists' implies (answer is boolean)",
     "Boolean is the type of FHIRPath; the element is of FHIR's type boolean."},
    {"dom-3",
     "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | "
     "%resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = "
     "'#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = "
     "'#').exists()).not()).trace('unmatched', id).empty()",
     "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(canonical) | "
     "%resource.descendants().ofType(uri) | %resource.descendants().ofType(url))) or descendants().where(reference = "
     "'#').exists() or descendants().where(ofType(canonical) = '#').exists() or descendants().where(ofType(uri) = "
     "'#').exists()).not()).empty()",
     "as() is for one item; ofType() selects from many."},
    {"con-3",
     "clinicalStatus.exists() or "
     "verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = "
     "'entered-in-error').exists() or category.select($this='problem-list-item').empty()",
     "clinicalStatus.exists() or "
     "verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = "
     "'entered-in-error').exists() or category.coding.where(code='problem-list-item').empty()",
     "select() keeps each answer, \"false\" too, so that any category was refused."},
    {"md-1", "max='*' or (max.toInteger() > 0)", "max.empty() or max='*' or (max.toInteger() > 0)",
     "Of nothing there is no answer, so the published text fails where the element is absent."},
    {"tim-9", "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
     "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
     "\"in\" is for one item; \"when\" may repeat."},
    {"vs-1", "($this as dateTime).toString().length() >= 8",
     "($this is dateTime and $this.hasValue()) implies ($this as dateTime).toString().length() >= 8",
     "Is about dateTime only, but fails for Period."},
    {"inv-1", "substanceExposureRisk.exists() and code.empty()", "true",
     "Is about the AllergyIntolerance around the extension, which it can't see from there."},
    {"rng-2", "low.empty() or high.empty() or (low <= high)",
     "low.value.empty() or high.value.empty() or (low > high).where($this).empty()",
     "Quantities without value, or of units that can't be compared, are no contradiction."},
    {"", "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')", "name.empty() or name.matches('^[A-Z]([A-Za-z0-9_]){0,254}$')",
     "Means the whole name, where there is one; matches() finds a part."},
    {"eld-19",
     "path.matches('[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/"
     "|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*')",
     "path.matches('^[^\\\\s\\\\.,:;\\\\\\'\"\\\\/|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\.[^\\\\s\\\\.,:;\\\\\\'\"\\\\/"
     "|?!@#$%&*()\\\\[\\\\]{}]{1,64}(\\\\[x\\\\])?(\\\\:[^\\\\s\\\\.]+)?)*$')",
     "Means the whole path; matches() finds a part."},
    {"eld-20", "path.matches('[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*')",
     "path.matches('^[A-Za-z][A-Za-z0-9]*(\\\\.[a-z][A-Za-z0-9]*(\\\\[x])?)*$')",
     "Means the whole path; matches() finds a part."},
    {"ele-1", "hasValue() | (children().count() > id.count())", "hasValue() or (children().count() > id.count())",
     "A union of two answers is no answer."},
    {"txt-1", "htmlchecks()", "htmlChecks()", "The function's name was written without its capital."},
    {"txt-2", "htmlchecks()", "htmlChecks2()",
     "The text of txt-1 was repeated; it should ask for content that is not white space."},
    {"ref-1",
     "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %resource.contained.id.trace('ids'))",
     "reference.empty() or reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id) "
     "or (reference = '#' and %resource != %rootResource)",
     "Fails without a reference, and inside a contained resource."},
    {"dom-3", "contained.where(('#'+id in %resource.descendants().reference).not()).empty()",
     "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().ofType(uri))) or "
     "descendants().where(reference = '#').exists()).not()).empty()",
     "References of type uri count too, and a contained resource may name its container."},
    {"bdl-7", "entry.where(fullUrl).select(fullUrl&resource.meta.versionId).isDistinct()",
     "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
     "A text is no condition; and a history repeats its entries."},
    {"age-1", "(code or value.empty()) and (system.empty() or system = %ucum) and (value.empty() or value > 0)",
     "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (value.empty() or value > 0)",
     "An element stands where \"exists\" was meant."},
    {"cnt-3",
     "(code or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and "
     "(value.empty() or value.toString().contains('.').not())",
     "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and "
     "(value.empty() or value.toString().contains('.').not())",
     "An element stands where \"exists\" was meant."},
    {"dis-1", "(code or value.empty()) and (system.empty() or system = %ucum)",
     "(code.exists() or value.empty()) and (system.empty() or system = %ucum)",
     "An element stands where \"exists\" was meant."},
    {"mny-1", "(code or value.empty()) and (system.empty() or system = 'urn:iso:std:iso:4217')",
     "(code.exists() or value.empty()) and (system.empty() or system = 'urn:iso:std:iso:4217')",
     "An element stands where \"exists\" was meant."},
    {"qty-3", "code.empty() or system", "code.empty() or system.exists()",
     "An element stands where \"exists\" was meant."},
    {"opd-2", "searchType implies type = 'string'", "searchType.exists() implies type = 'string'",
     "An element stands where \"exists\" was meant."},
    {"sdf-3", "element.all(definition and min and max)",
     "element.all(definition.exists() and min.exists() and max.exists())",
     "An element stands where \"exists\" was meant."},
    {"vs-2", "(component.empty() and related.empty()) implies (dataAbsentReason or value)",
     "(component.empty() and related.empty()) implies (dataAbsentReason.exists() or value.exists())",
     "An element stands where \"exists\" was meant."},
    {"nsd-1", "kind != 'root' or uniqueId.type = 'uuid'", "kind != 'root' or uniqueId.all(type != 'uuid')",
     "Says the opposite of what it means."},
    {"obs-7", "value.empty() or code!=component.code",
     "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()",
     "Fails where there is no component."},
    {"mad-3", "reasonCode.empty() or notGiven.empty() or notGiven = 'false'",
     "reasonCode.empty() or notGiven.empty() or notGiven = false", "Compares a boolean with a text."},
    {"per-1", "start.empty() or end.empty() or (start <= end)",
     "start.empty() or end.empty() or (start > end).where($this).empty()",
     "Dates of different precision can't be compared, which is no contradiction."},
    {"ras-2", "probability is decimal implies probability.as(decimal) <= 100",
     "probability.empty() or (probability is decimal implies (probability as decimal) <= 100)",
     "Of nothing there is no answer, so the published text fails where the element is absent."},
    {"csd-1", "(concept.code | descendants().concept.code).isDistinct()",
     "concept.code.combine($this.descendants().concept.code).isDistinct()", "A union drops what is there twice."},
    {"cmr-1", "(agent.resolve() is Practitioner) or (agent.resolve() is Device) or onBehalfOf.exists().not()",
     "agent.resolve().empty() or (agent.resolve() is Practitioner) or (agent.resolve() is Device) or "
     "onBehalfOf.exists().not()",
     "A reference that can't be followed here is no contradiction."},
    {"rfr-1", "(agent.resolve() is Device) or (agent.resolve() is Practitioner) or onBehalfOf.exists().not()",
     "agent.resolve().empty() or (agent.resolve() is Device) or (agent.resolve() is Practitioner) or "
     "onBehalfOf.exists().not()",
     "A reference that can't be followed here is no contradiction."},
    {"ctm-1", "onBehalfOf.exists() implies (member.resolve() is Practitioner)",
     "onBehalfOf.exists() implies (member.resolve().empty() or (member.resolve() is Practitioner))",
     "A reference that can't be followed here is no contradiction."},
};

}  // namespace

std::string_view corrected(std::string_view key, std::string_view expression) noexcept {
    const auto* found = std::find_if(std::begin(kCorrections), std::end(kCorrections), [&](const Correction& item) {
        return item.published == expression && (item.key.empty() || item.key == key);
    });
    return found == std::end(kCorrections) ? expression : found->meant;
}

}  // namespace causeway::fhir
