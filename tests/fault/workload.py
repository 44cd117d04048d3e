"""The demo's workload as a stream of signed events: the same for a seed's sake, but for the ledger's own id.

Some parties and a mine, then season after season: produce, offer, accept, merge, hand over, melt, assay, refine, offer,
accept, make a piece, claim.
"""

import hashlib

import wire
from client import BASE_US, Author, sign
from node import key_of

EVENTS_PER_SEASON = 12
_DAY_US = 86_400 * 1_000_000
_PERIOD = {"period_from_us": BASE_US - 10 * _DAY_US, "period_until_us": BASE_US - _DAY_US}


class Workload:
    """Grows `envelopes`, in an order in which each can be admitted."""

    def __init__(self, node, seasons):
        self.envelopes = []
        self._root, self._author = node.root, Author(node.genesis_id)
        self._authority, self._custody = wire.module("authority_pb2"), wire.module("custody_pb2")
        self._quantity = wire.module("quantity_pb2")
        self._register()
        for season in range(seasons):
            self._bring_to_jeweler(season, self._refine(self._collect(season)))

    def _state(self, keys, **body):
        """Adds an event; its id."""
        payload = self._author.payload(keys, **body)
        self.envelopes.append(sign(payload, keys))
        return wire.event_id(payload)

    # --- Who and where ----------------------------------------------------------------------------------------------

    def _register(self):
        authority = self._authority
        self._keys, self._party = {}, {}
        for name, role, by in (("registrar", authority.ROLE_LICENSING_AUTHORITY, self._root),
                               ("miner", authority.ROLE_MINER, None), ("cooperative", authority.ROLE_COOPERATIVE, None),
                               ("refiner", authority.ROLE_REFINER, None), ("jeweler", authority.ROLE_JEWELER, None)):
            self._keys[name] = key_of(name)
            event = self._state([by or self._keys["registrar"]], register_party=authority.RegisterParty(
                name=name, country="PE", roles=[role], keys=[bytes(self._keys[name].verify_key)]))
            self._party[name] = wire.object_id("party", event)
            if by is not None:
                self._state([self._root], appoint=authority.Appoint(party_id=self._party[name],
                                                                    office=authority.OFFICE_REGISTRAR))
        site = self._state([self._keys["registrar"]], register_site=authority.RegisterSite(
            name="Clara", country="PE", kind=authority.RegisterSite.KIND_MINE, operator_party_id=self._party["miner"],
            point=self._quantity.GeoPoint(latitude_e7=-146820000, longitude_e7=-722114000)))
        self._site = wire.object_id("site", site)
        self._state([self._keys["registrar"]], register_licence=authority.RegisterLicence(
            kind=authority.LICENCE_KIND_TITLE, holder_party_id=self._party["miner"], site_ids=[self._site],
            number="PE-T-1", country="PE", valid_from_us=BASE_US - 400 * _DAY_US,
            valid_until_us=BASE_US + 400 * _DAY_US))

    # --- A season ---------------------------------------------------------------------------------------------------

    def _metal(self, form, gross_mg, ppm=None):
        material = self._quantity.Material(form=form, gross_mg=gross_mg)
        if ppm is not None:
            material.fineness.CopyFrom(self._fineness(ppm))
        return material

    def _fineness(self, ppm):
        return self._quantity.Fineness(ppm=ppm, method=self._quantity.ASSAY_METHOD_FIRE_ASSAY, uncertainty_ppm=200)

    def _transform(self, actor, kind, lots, *outputs):
        """The event of a step from all of some lots to new ones."""
        custody, quantity = self._custody, self._quantity
        return self._state([self._keys[actor]], transform=custody.Transform(
            kind=kind, inputs=[quantity.LotPart(lot_id=lot) for lot in lots],
            outputs=[custody.Output(material=material) for material in outputs],
            mercury_use=quantity.MERCURY_USE_NOT_USED, custody_model=quantity.CUSTODY_MODEL_SEGREGATED))

    def _sell(self, seller, buyer, lots):
        offer = self._state([self._keys[seller]], offer=self._custody.Offer(
            lot_ids=lots, to_party_id=self._party[buyer], rights=self._quantity.TRANSFER_RIGHT_BOTH))
        self._state([self._keys[buyer]], accept=self._custody.Accept(offer_id=wire.object_id("offer", offer)))

    def _collect(self, season):
        """Two lots of the mine, merged by the cooperative and handed to the refiner; the merged lot."""
        custody, quantity = self._custody, self._quantity
        produced = self._state([self._keys["miner"]], produce=custody.Produce(
            site_id=self._site, route=quantity.PROCESS_ROUTE_GRAVITY, mercury_use=quantity.MERCURY_USE_NOT_USED,
            outputs=[self._metal(quantity.FORM_DORE, 400_000, 920_000),
                     self._metal(quantity.FORM_DORE, 300_000, 930_000)],
            shift=f"season {season}", **_PERIOD))
        lots = [wire.object_id("lot", produced, number) for number in range(2)]
        self._sell("miner", "cooperative", lots)
        merged = wire.object_id("lot", self._transform("cooperative", custody.Transform.KIND_MERGE, lots,
                                                       self._metal(quantity.FORM_DORE, 700_000, 924_285)))
        self._state([self._keys["cooperative"], self._keys["refiner"]], hand_over=custody.HandOver(
            lot_ids=[merged], from_party_id=self._party["cooperative"], to_party_id=self._party["refiner"],
            rights=quantity.TRANSFER_RIGHT_BOTH))
        return merged

    def _refine(self, lot):
        """Melted, assayed and refined; the bar."""
        custody, quantity = self._custody, self._quantity
        melt = wire.object_id("lot", self._transform("refiner", custody.Transform.KIND_MELT, [lot],
                                                     self._metal(quantity.FORM_DORE, 697_000)))
        self._state([self._keys["refiner"]], assay=custody.Assay(lot_id=melt, fineness=self._fineness(927_000)))
        return wire.object_id("lot", self._transform("refiner", custody.Transform.KIND_REFINE, [melt],
                                                     self._metal(quantity.FORM_BAR, 643_500, 999_600)))

    def _bring_to_jeweler(self, season, bar):
        """A coin of a part of the bar, and a claim on it."""
        custody, quantity = self._custody, self._quantity
        self._sell("refiner", "jeweler", [bar])
        made = self._state([self._keys["jeweler"]], make_piece=custody.MakePiece(
            inputs=[quantity.LotPart(lot_id=bar, part_gross_mg=10_000)],
            pieces=[custody.Piece(article="medal", serial=f"M-{season}", metal_mg=9_900,
                                  fineness=self._fineness(999_600))]))
        pack = custody.PolicyRef(policy_id="mercury-free", version=1, sha256=hashlib.sha256(b"some pack").digest())
        self._state([self._keys["jeweler"]], claim=custody.Claim(
            piece_id=wire.object_id("piece", made), policies=[pack], evidence_size=1))
