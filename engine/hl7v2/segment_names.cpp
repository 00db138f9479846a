#include "hl7v2/segment_names.hpp"

#include <algorithm>

namespace causeway::hl7v2 {
namespace {

/// Names of all versions in one string, each with a space after it.
constexpr std::string_view kKnown =
    "ABS ACC ADD ADJ AFF AIG AIL AIP AIS AL1 APR ARQ ARV AUT BHS BLC BLG BPO BPX BTS BTX BUI CDM CDO CER CM0 CM1 CM2 "
    "CNS CON CSP CSR CSS CTD CTI CTR DB1 DEV DG1 DMI DON DPS DRG DSC DSP DST ECD ECR EDU EQL EQP EQU ERQ ERR EVN FAC "
    "FHS FT1 FTS GOL GP1 GP2 GT1 HXX IAM IAR IIM ILT IN1 IN2 IN3 INV IPC IPR ISD ITM IVC IVT LAN LCC LCH LDP LOC LRL "
    "MCP MFA MFE MFI MRG MSA MSH NCK NDS NK1 NPU NSC NST NTE OBR OBX ODS ODT OH1 OH2 OH3 OH4 OM1 OM2 OM3 OM4 OM5 OM6 "
    "OM7 OMC ORC ORG ORO OVR PAC PCE PCR PD1 PDA PDC PEO PES PID PKG PM1 PMT PR1 PRA PRB PRC PRD PRT PSG PSH PSL PSS "
    "PTH PV1 PV2 PYE QAK QID QPD QRD QRF QRI RCP RDF RDT REL RF1 RFI RGS RMI ROL RQ1 RQD RXA RXC RXD RXE RXG RXO RXR "
    "RXV SAC SCD SCH SCP SDD SFT SGH SGT SHP SID SLT SPM SPR STF STZ TCC TCD TQ1 TQ2 TXA UAC UB1 UB2 URD URS VAR VND "
    "VTQ ";

bool is_capital(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

}  // namespace

bool is_segment_name(std::string_view name) noexcept {
    return name.size() == 3 && is_capital(name[0]) &&
           std::all_of(name.begin() + 1, name.end(), [](char c) { return is_capital(c) || (c >= '0' && c <= '9'); });
}

bool is_known_segment(std::string_view name) noexcept {
    if (!is_segment_name(name)) return false;
    if (name[0] == 'Z') return true;
    const auto at = kKnown.find(name);
    return at != std::string_view::npos && at % 4 == 0;
}

}  // namespace causeway::hl7v2
