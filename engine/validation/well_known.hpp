#pragma once
/// Numbers of names that the validator looks for. Internal.

#include "fhir/definitions/definitions.hpp"

namespace causeway::validation {

struct WellKnown {
    explicit WellKnown(const fhir::Definitions& of)
        : id(of.name("id")),
          extension(of.name("extension")),
          modifier_extension(of.name("modifierExtension")),
          url(of.name("url")),
          value(of.name("value")),
          system(of.name("system")),
          code(of.name("code")),
          coding(of.name("coding")),
          display(of.name("display")),
          text(of.name("text")),
          unit(of.name("unit")),
          user_selected(of.name("userSelected")),
          meta(of.name("meta")),
          profile(of.name("profile")),
          version_id(of.name("versionId")),
          last_updated(of.name("lastUpdated")),
          security(of.name("security")),
          contained(of.name("contained")),
          reference(of.name("reference")),
          type(of.name("type")),
          identifier(of.name("identifier")),
          entry(of.name("entry")),
          resource(of.name("resource")),
          full_url(of.name("fullUrl")),
          request(of.name("request")),
          response(of.name("response")),
          search(of.name("search")),
          method(of.name("method")),
          link(of.name("link")),
          relation(of.name("relation")),
          div(of.name("div")),
          implicit_rules(of.name("implicitRules")),
          language(of.name("language")),
          data(of.name("data")),
          size(of.name("size")),
          status(of.name("status")),
          extension_type(of.name("Extension")),
          reference_type(of.name("Reference")),
          narrative_type(of.name("Narrative")),
          coding_type(of.name("Coding")),
          codeable_concept_type(of.name("CodeableConcept")),
          quantity_type(of.name("Quantity")),
          attachment_type(of.name("Attachment")),
          bundle_type(of.name("Bundle")),
          identifier_type(of.name("Identifier")),
          meta_type(of.name("Meta")),
          element_definition_type(of.name("ElementDefinition")),
          parameters_type(of.name("Parameters")),
          // Earlier versions have the profiles too, but do not demand them.
          vital_sign_type(of.fhir_version().starts_with("3") ? 0xFFFFFFFF : of.name("Observation")),
          vital_units(of.value_set("http://hl7.org/fhir/ValueSet/ucum-vitals-common")) {}

    fhir::Index id, extension, modifier_extension, url, value, system, code, coding, display, text, unit, user_selected,
        meta, profile, version_id, last_updated, security, contained, reference, type, identifier, entry, resource,
        full_url, request, response, search, method, link, relation, div, implicit_rules, language, data, size, status;
    fhir::Index extension_type, reference_type, narrative_type, coding_type, codeable_concept_type, quantity_type,
        attachment_type, bundle_type, identifier_type, meta_type, element_definition_type, parameters_type,
        vital_sign_type;
    fhir::Index vital_units;  ///< A value set.
};

}  // namespace causeway::validation
